import { bundleOf, standingOf, type Attached } from '../attached.ts';
import {
  type CompositionResource,
  conceptText,
  dateText,
  identifiersText,
  nameText,
  type Bundle,
  type PatientResource,
} from '../fhir.ts';
import { useFetched } from '../fetched.ts';
import { Narrative } from '../parts/narrative.tsx';
import { Trouble } from '../parts/trouble.tsx';

/**
 * A document, come to by its DocumentReference: that says, while one reads, what became of the document since.
 *
 * @param id of the DocumentReference
 */
export function Document({ id }: { id: string }) {
  const { value, error } = useFetched<Attached>(
    `/fhir/R4/DocumentReference/${encodeURIComponent(id)}`,
    5_000,
  );
  const bundle = value && bundleOf(value);
  const standing = value && standingOf(value);
  return (
    <article className="document">
      <Trouble error={error} />
      {standing && (
        <p className="trouble" role="alert">
          <strong>{standing}.</strong> Do not rely on this document.
        </p>
      )}
      {bundle && <Text bundle={bundle} />}
    </article>
  );
}

/** A FHIR document as people read it: its sections' narrative, in order. https://hl7.org/fhir/R4/documents.html */
function Text({ bundle }: { bundle: string }) {
  const { value, error } = useFetched<Bundle>(`/fhir/R4/Bundle/${encodeURIComponent(bundle)}`);
  const resources = (value?.entry ?? []).map((entry) => entry.resource);
  const composition = resources[0] as CompositionResource | undefined;
  const patient = resources.find((one) => one.resourceType === 'Patient') as PatientResource | undefined;

  return (
    <>
      <Trouble error={error} />
      {patient && (
        <p>
          <a href={`#/patient/${patient.id}`}>{nameText(patient.name)}</a>
          <span className="quiet">
            {' '}
            · born {dateText(patient.birthDate)} · {patient.gender}
            {patient.identifier && ` · ${identifiersText(patient.identifier)}`}
          </span>
        </p>
      )}
      {composition && (
        <>
          <h1>{composition.title}</h1>
          <p className="quiet">Made on {dateText(composition.date)}</p>
          {composition.text?.div && (
            <div className="document-head">
              <Narrative div={composition.text.div} />
            </div>
          )}
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
    </>
  );
}
