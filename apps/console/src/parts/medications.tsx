import { useFetched } from '../fetched.ts';
import { type Bundle, dateText, type Resource } from '../fhir.ts';
import { Trouble } from './trouble.tsx';

interface Line {
  readonly date?: string;
  readonly item: { readonly reference: string; readonly display?: string };
}

interface Outcome extends Resource {
  readonly issue?: readonly { readonly diagnostics?: string }[];
}

/** The newest lines of the medication history, each in words with where it comes from, and what could not be looked at. */
export function Medications({ patient }: { patient: string }) {
  const path = `/fhir/R4/Patient/${encodeURIComponent(patient)}/$medication-history?_count=20`;
  const { value, error } = useFetched<Bundle>(path);
  const resources = (value?.entry ?? []).map((entry) => entry.resource);
  const list = resources.find((one) => one.resourceType === 'List') as
    { entry?: readonly Line[] } | undefined;
  const missing = resources.filter((one): one is Outcome => one.resourceType === 'OperationOutcome');
  return (
    <section aria-labelledby="medications">
      <h2 id="medications">Medications</h2>
      <Trouble error={error} />
      {missing
        .flatMap(({ issue = [] }) => issue)
        .map(({ diagnostics }) => (
          <p className="partial" role="status" key={diagnostics}>
            {diagnostics}
          </p>
        ))}
      {list && !list.entry && <p className="quiet">No medication is recorded.</p>}
      <ul className="cards">
        {list?.entry?.map((line) => (
          <li key={line.item.reference}>
            {line.item.display}
            <span className="quiet"> {dateText(line.date)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
