import { fhirRoot } from '#platform/edge';
import { Fault } from '#platform/fhir';
import type { Settings, Topology } from '#platform/runtime';

/**
 * Where clients reach this installation: what SEPTUM_PUBLIC_URL says, for every process the same. A demo without it is
 * reached where its edge listens, and only the process with the edge knows where that is.
 */
export class PublicAddress {
  #url: string | undefined;

  /** @throws Fault `bad-parameter` in production without the setting: behind a proxy no process knows its own name. */
  constructor({ profile, publicUrl, httpPort, ...settings }: Settings, topology: Topology) {
    if (profile === 'production' && publicUrl === undefined) {
      throw new Fault(
        'bad-parameter',
        'SEPTUM_PUBLIC_URL is missing: in production name the URL at which clients reach this installation, such as https://fhir.hospital.example, in every process the same.',
      );
    }
    const isKnown = topology.isHere('edge') && httpPort !== 0;
    this.#url = publicUrl ?? (isKnown ? listeningUrl(settings, httpPort) : undefined);
  }

  /** e.g. `https://fhir.hospital.example`; undefined until the edge of this process listens, or without one. */
  get url(): string | undefined {
    return this.#url;
  }

  /** What every address of a resource begins with. */
  get fhirBase(): string | undefined {
    return this.#url === undefined ? undefined : `${this.#url}/${fhirRoot}`;
  }

  /** The edge has taken a free port. */
  listensAt(url: string): void {
    this.#url ??= url;
  }
}

/** What can be called: all addresses is none. */
export function listeningUrl({ httpHost }: Pick<Settings, 'httpHost'>, port: number): string {
  if (httpHost === '0.0.0.0' || httpHost === '::') return `http://localhost:${port}`;
  return `http://${httpHost.includes(':') ? `[${httpHost}]` : httpHost}:${port}`;
}
