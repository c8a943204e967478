import {
  type CompositionResource,
  conceptText,
  dateText,
  nameText,
  type Bundle,
  type PatientResource,
} from '../fhir.ts';
import { useFetched } from '../fetched.ts';
import { Narrative } from '../parts/narrative.tsx';
import { Trouble } from '../parts/trouble.tsx';

/** A FHIR document as people read it: its sections' narrative, in order. https://hl7.org/fhir/R4/documents.html */
export function Document({ id }: { id: string }) {
  const { value, error } = useFetched<Bundle>(`/fhir/R4/Bundle/${encodeURIComponent(id)}`);
  const resources = (value?.entry ?? []).map((entry) => entry.resource);
  const composition = resources[0] as CompositionResource | undefined;
  const patient = resources.find((one) => one.resourceType === 'Patient') as PatientResource | undefined;

  return (
    <article className="document">
      <Trouble error={error} />
      {patient && (
        <p>
          <a href={`#/patient/${patient.id}`}>{nameText(patient.name)}</a>
          <span className="quiet">
            {' '}
            · born {dateText(patient.birthDate)} · {patient.gender}
          </span>
        </p>
      )}
      {composition && (
        <>
          <h1>{composition.title}</h1>
          <p className="quiet">{dateText(composition.date)}</p>
          {(composition.section ?? []).map((section) => (
            <section key={section.title ?? conceptText(section.code)}>
              <h2>{section.title ?? conceptText(section.code)}</h2>
              {section.text?.div ? (
                <Narrative div={section.text.div} />
              ) : (
                <p className="quiet">{conceptText(section.emptyReason)}</p>
              )}
            </section>
          ))}
          <button type="button" className="print" onClick={() => window.print()}>
            Print
          </button>
        </>
      )}
    </article>
  );
}
