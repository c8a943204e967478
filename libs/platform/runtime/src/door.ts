import type { Settings } from './settings.ts';

/** A way into a context that is no contract: a socket of another protocol. */
export interface Door {
  /** Lets in what comes from now on; answers where. */
  open(settings: Settings): Promise<readonly OpenDoor[]>;
  /** Lets in nothing new; resolves when what came in is finished. */
  close(): Promise<void>;
}

export interface OpenDoor {
  /** Such as `mllp`. */
  readonly name: string;
  readonly port: number;
}
