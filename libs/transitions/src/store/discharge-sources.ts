import { Inject, Injectable } from '@nestjs/common';
import { rowPolicy, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase, type Transaction } from '#platform/database';
import { fields } from '#platform/fhir';
import type { DocumentMaking } from '../domain/discharge-composition.ts';
import type { DischargeFacts } from '../domain/discharge-facts.ts';
import { type Fact } from '../domain/fact.ts';

/** Of what one version of a document was made. */
export interface DischargeSource {
  readonly bundle: string;
  readonly version: number;
  readonly composition: string;
  /** The rule pack: `north|2026.1`. */
  readonly rules: string;
  readonly making: Omit<DocumentMaking, 'rules'>;
  /** `Type/id/_history/version`; the encounter is the first. */
  readonly sources: readonly string[];
  readonly reconciliation: string | null;
}

export interface NumberedSource extends DischargeSource {
  /** The later a document was made, the larger. */
  readonly position: number;
}

const columns = 'bundle, version, position, composition, rules, making, sources, reconciliation';

/** The facts as they can be found again. */
export function sourcesOf({ encounter, patient, others }: DischargeFacts): readonly string[] {
  return [encounter, ...(patient === undefined ? [] : [patient]), ...others].map(versioned);
}

function versioned({ type, id, fields: resource }: Fact): string {
  return `${type}/${id}/_history/${String(fields(resource['meta'])['versionId'])}`;
}

@Injectable()
export class DischargeSources {
  readonly #database: ContextDatabase;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
  }

  /** In the transaction that writes the document. */
  async keep(transaction: Transaction, source: DischargeSource, patients: readonly string[]): Promise<void> {
    const { bundle, version, composition, rules, making, sources, reconciliation } = source;
    await transaction.query({
      name: 'transitions.source.keep',
      text: `INSERT INTO discharge_source
          (bundle, version, composition, rules, making, sources, reconciliation, patients)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      values: [
        bundle,
        version,
        composition,
        rules,
        JSON.stringify(making),
        sources,
        reconciliation,
        patients,
      ],
    });
  }

  /** Of the last document with this Composition. */
  async ofComposition(caller: Caller, composition: string): Promise<DischargeSource | undefined> {
    const [row] = await this.#database.query<DischargeSource>(rowPolicy(caller), {
      name: 'transitions.source.of-composition',
      text: `SELECT ${columns} FROM discharge_source WHERE composition = $1 ORDER BY position DESC LIMIT 1`,
      values: [composition],
    });
    return row;
  }

  /** The newest first; one more than wanted, when there is one. `since`: made since, in milliseconds since the epoch. */
  newest(
    caller: Caller,
    { since, before, count }: { readonly since?: number; readonly before?: number; readonly count: number },
  ): Promise<readonly NumberedSource[]> {
    return this.#database.query<NumberedSource>(rowPolicy(caller), {
      name: 'transitions.source.newest',
      text: `SELECT ${columns} FROM discharge_source
        WHERE ($1::float8 IS NULL OR made_at >= to_timestamp($1::float8 / 1000))
          AND ($2::int8 IS NULL OR position < $2) ORDER BY position DESC LIMIT $3`,
      values: [since ?? null, before ?? null, count + 1],
    });
  }
}
