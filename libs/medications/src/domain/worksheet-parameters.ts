import { type Fields, all, words } from '#platform/fhir';
import { detectedIssue, type FindingContext } from './detected-issue.ts';
import { conceptText } from './element.ts';
import { historySourceSystem } from './history-list.ts';
import type { TherapyLine } from './therapy-line.ts';
import type { DrugGroup, Worksheet } from './worksheet.ts';
import type { Reconciliation } from '../contract/index.ts';
import { medicationListId } from '../contract/index.ts';

type Parameter = { readonly name: string } & Fields;

/**
 * A worksheet as Parameters: `worksheet` is its tag; each `drug` has a `name`, a `line` for each line to decide on, and
 * `evidence`; each `finding` is a DetectedIssue. https://hl7.org/fhir/R4/parameters.html
 */
export function worksheetParameters(worksheet: Worksheet, context: FindingContext): readonly Parameter[] {
  return [
    { name: 'worksheet', valueString: worksheet.tag },
    ...subject(context),
    ...worksheet.groups.map(drugParameter),
    ...worksheet.findings.map((finding) => ({
      name: 'finding',
      resource: detectedIssue(finding, context),
    })),
  ];
}

/** What was recorded: `decided` for each line, `listed` for each order that is in force now, `list` where they will stand. */
export function reconciliationParameters(reconciliation: Reconciliation): readonly Parameter[] {
  const { id, encounter, recordedAt, decided, listed, findings, missing } = reconciliation;
  return [
    { name: 'reconciliation', valueId: id },
    { name: 'recorded', valueInstant: recordedAt },
    ...subject(reconciliation),
    ...decided.map(({ line, decision, result }) => ({
      name: 'decided',
      part: [
        { name: 'line', valueReference: { reference: line } },
        { name: 'decision', valueCode: decision },
        ...(result === undefined ? [] : [{ name: 'result', valueReference: { reference: result } }]),
      ],
    })),
    ...listed.map(({ request, medication }) => ({
      name: 'listed',
      valueReference: { reference: request, ...(medication === undefined ? {} : { display: medication }) },
    })),
    ...findings.map((reference) => ({ name: 'finding', valueReference: { reference } })),
    ...missing.map((source) => ({ name: 'missing', valueString: source })),
    { name: 'list', valueReference: { reference: `List/${medicationListId(encounter)}` } },
  ];
}

function subject({ encounter, patient }: { encounter: string; patient: string }): readonly Parameter[] {
  return [
    { name: 'encounter', valueReference: { reference: `Encounter/${encounter}` } },
    { name: 'patient', valueReference: { reference: `Patient/${patient}` } },
  ];
}

function drugParameter({ name, lines, evidence }: DrugGroup): Parameter {
  return {
    name: 'drug',
    part: [
      { name: 'name', valueString: name },
      ...lines.map((line) => ({ name: 'line', part: lineParts(line) })),
      ...evidence.map((line) => ({ name: 'evidence', part: lineParts(line) })),
    ],
  };
}

function lineParts({
  reference,
  source,
  origin,
  status,
  drug,
  resource,
  span,
}: TherapyLine): readonly Parameter[] {
  const { code, display } = source;
  const dosage = dosageText(resource['dosageInstruction'] ?? resource['dosage']);
  const period = {
    ...(Number.isFinite(span.start) ? { start: new Date(span.start).toISOString() } : {}),
    ...(Number.isFinite(span.end) ? { end: new Date(span.end - 1).toISOString() } : {}),
  };
  return [
    { name: 'reference', valueReference: { reference } },
    { name: 'source', valueCoding: { system: historySourceSystem, code, display } },
    ...(origin === undefined ? [] : [{ name: 'origin', valueString: origin }]),
    { name: 'status', valueCode: status },
    ...(drug.text === undefined ? [] : [{ name: 'medication', valueString: drug.text }]),
    ...(dosage === undefined ? [] : [{ name: 'dosage', valueString: dosage }]),
    ...(Object.keys(period).length === 0 ? [] : [{ name: 'period', valuePeriod: period }]),
  ];
}

/** The instruction as its source words it; the resource itself has the numbers. */
function dosageText(dosages: unknown): string | undefined {
  const told = all(dosages).map((dosage) => {
    const [rate] = all(dosage['doseAndRate']);
    const dose = rate?.['doseQuantity'] as Fields | undefined;
    const amount =
      dose === undefined ? undefined : [dose['value'], dose['unit'] ?? dose['code']].join(' ').trim();
    return words(dosage['text']) ?? ([amount, timingText(dosage)].filter(Boolean).join(', ') || undefined);
  });
  return words(told.filter(Boolean).join('; '));
}

function timingText({ timing }: Fields): string | undefined {
  const { repeat, code } = (timing ?? {}) as { repeat?: Fields; code?: unknown };
  const { frequency, period, periodUnit } = repeat ?? {};
  if (frequency === undefined || period === undefined) return conceptText(code);
  return `${String(frequency)} times every ${String(period)} ${String(periodUnit ?? '')}`.trim();
}
