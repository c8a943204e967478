import type { LoadClient } from './load.ts';
import { patient } from './samples.ts';
import type { Population } from './workloads.ts';

interface Bundle {
  readonly entry?: readonly { readonly resource: Record<string, unknown> }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

async function get(client: LoadClient, path: string): Promise<Bundle> {
  const answer = await client.send({ method: 'GET', path });
  if (answer.status !== 200) throw new Error(`GET ${path.split('?')[0]} answered ${answer.status}`);
  return JSON.parse(answer.text) as Bundle;
}

/** Reads what the workloads draw from: up to `most` patients, and a code that many Observations have. */
export async function population(client: LoadClient, most: number): Promise<Population> {
  const patients: { id: string; family: string; birthDate: string }[] = [];
  let path: string | undefined = '/fhir/R4/Patient?_count=500';
  while (path !== undefined && patients.length < most) {
    const page: Bundle = await get(client, path);
    for (const { resource } of page.entry ?? []) {
      const name = (resource.name as { family?: string }[] | undefined)?.[0];
      patients.push({
        id: String(resource.id),
        family: name?.family ?? '',
        birthDate: String(resource.birthDate),
      });
    }
    const next = page.link?.find((link) => link.relation === 'next')?.url;
    path = next && new URL(next).pathname + new URL(next).search;
  }
  const observations = await get(client, '/fhir/R4/Observation?_count=1');
  const code = (
    observations.entry?.[0]?.resource.code as { coding: { system: string; code: string }[] } | undefined
  )?.coding[0];
  const mutable: string[] = [];
  for (let index = 0; index < 200; index++) {
    const body = JSON.stringify(patient(1_000_000 + index));
    const created = await client.send({
      method: 'POST',
      path: '/fhir/R4/Patient',
      headers: { 'content-type': 'application/fhir+json' },
      body,
    });
    mutable.push(String((JSON.parse(created.text) as { id: string }).id));
  }
  return { patients, observationCode: `${code?.system}|${code?.code}`, mutable };
}
