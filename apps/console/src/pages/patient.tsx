import { useMemo } from 'react';
import { bundleOf, standingOf, type Attached } from '../attached.ts';
import {
  type Bundle,
  dateText,
  identifiersText,
  nameText,
  type PatientResource,
  type Resource,
} from '../fhir.ts';
import { useFetched } from '../fetched.ts';
import { Medications } from '../parts/medications.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Told } from '../parts/told.tsx';
import { timelineOf } from '../timeline.ts';
import { tellingsOf } from '../told.ts';

interface Outcome extends Resource {
  readonly issue?: readonly { readonly diagnostics?: string }[];
}

/** One patient: who, the documents, and what happened, the latest first. */
export function Patient({ id }: { id: string }) {
  const { value, error } = useFetched<Bundle>(
    `/fhir/R4/Patient/${encodeURIComponent(id)}/$everything`,
    5_000,
  );
  const resources = useMemo(() => (value?.entry ?? []).map((entry) => entry.resource), [value]);
  const patient = resources.find((one) => one.resourceType === 'Patient') as PatientResource | undefined;
  const documents = resources.filter((one): one is Attached => one.resourceType === 'DocumentReference');
  const missing = resources.filter((one): one is Outcome => one.resourceType === 'OperationOutcome');
  const tellings = useMemo(() => tellingsOf(resources), [resources]);
  const happenings = useMemo(() => timelineOf(resources), [resources]);

  return (
    <>
      <p>
        <a href="#/patients">All patients</a>
      </p>
      <Trouble error={error} />
      {patient && (
        <>
          <h1>{nameText(patient.name)}</h1>
          <p className="quiet">
            {[`Born ${dateText(patient.birthDate)}`, patient.gender, identifiersText(patient.identifier)]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </>
      )}
      {missing.map((outcome) => (
        <p className="partial" role="status" key={outcome.issue?.[0]?.diagnostics}>
          This record is incomplete just now. {outcome.issue?.[0]?.diagnostics}
        </p>
      ))}
      {documents.length > 0 && <Documents documents={documents} />}
      {patient && <Medications patient={id} />}
      {tellings.length > 0 && <Told tellings={tellings} />}
      {patient && <Timeline happenings={happenings} />}
    </>
  );
}

function Documents({ documents }: { documents: readonly Attached[] }) {
  return (
    <section aria-labelledby="documents">
      <h2 id="documents">Documents</h2>
      <ul className="cards">
        {documents.map((document) => {
          const title = document.description ?? 'Document';
          const standing = standingOf(document);
          return (
            <li key={document.id}>
              {bundleOf(document) === undefined ? title : <a href={`#/document/${document.id}`}>{title}</a>}
              <span className="quiet"> {dateText(document.date)}</span>
              {standing && <strong className="standing"> {standing}</strong>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Timeline({ happenings }: { happenings: ReturnType<typeof timelineOf> }) {
  const years = Map.groupBy(happenings, (happening) => happening.at.slice(0, 4));
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {[...years].map(([year, within]) => (
        <section key={year} aria-label={year}>
          <h3>{year}</h3>
          <ol className="timeline">
            {within.map((happening) => (
              <li key={happening.key} data-kind={happening.kind.split(' ')[0]}>
                <time dateTime={happening.at}>{dateText(happening.at)}</time>
                <span className="kind">{happening.kind}</span>
                <span className="what">{happening.title}</span>
                <span className="quiet">{happening.detail}</span>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </section>
  );
}
