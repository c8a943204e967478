import type { Bundle } from '../fhir.ts';
import { useFetched } from '../fetched.ts';

const counted = [
  'Patient',
  'Encounter',
  'Observation',
  'Condition',
  'MedicationRequest',
  'MedicationAdministration',
  'DocumentReference',
];
const plural: Record<string, string> = {
  Patient: 'Patients',
  Encounter: 'Encounters',
  Observation: 'Observations',
  Condition: 'Conditions',
  MedicationRequest: 'Medication orders',
  MedicationAdministration: 'Doses given',
  DocumentReference: 'Documents',
};

/** What the exchange holds, by the types people ask for first. */
export function Counts() {
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">What it holds</h2>
      <dl className="counts">
        {counted.map((type) => (
          <Count key={type} type={type} />
        ))}
      </dl>
    </section>
  );
}

function Count({ type }: { type: string }) {
  const { value, error } = useFetched<Bundle>(`/fhir/R4/${type}?_summary=count`, 5_000);
  return (
    <div data-count={type}>
      <dt>{plural[type]}</dt>
      <dd>
        {error ? 'not answering' : value?.total === undefined ? '…' : value.total.toLocaleString('en-US')}
      </dd>
    </div>
  );
}
