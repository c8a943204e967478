import { useState } from 'react';
import { type Bundle, dateText, identifiersText, nameText, type PatientResource } from '../fhir.ts';
import { useFetched } from '../fetched.ts';
import { Trouble } from '../parts/trouble.tsx';

/** The path of the next page; the server's link may name another host than the one we are on. */
function nextPath(bundle: Bundle | undefined): string | undefined {
  const link = bundle?.link?.find(({ relation }) => relation === 'next');
  if (!link) return undefined;
  const { pathname, search } = new URL(link.url, window.location.href);
  return pathname + search;
}

function firstPath(name: string): string {
  const order = name === '' ? '_sort=-_lastUpdated' : `name=${encodeURIComponent(name)}`;
  return `/fhir/R4/Patient?_count=25&${order}`;
}

/** The patients, newest change first, or those whose name begins as typed. */
export function Patients() {
  const [typed, setTyped] = useState('');
  const [page, setPage] = useState<string>();
  const { value, error } = useFetched<Bundle>(page ?? firstPath(typed.trim()));
  const resources = (value?.entry ?? []).map((entry) => entry.resource as PatientResource);
  const patients = resources.filter(({ resourceType }) => resourceType === 'Patient');
  const next = nextPath(value);
  return (
    <>
      <h1>Patients</h1>
      <label className="find">
        Name begins with
        <input
          type="search"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setPage(undefined);
          }}
        />
      </label>
      <Trouble error={error} />
      <PatientTable patients={patients} />
      {value && patients.length === 0 && <p role="status">No patient’s name begins so.</p>}
      {next && (
        <button type="button" onClick={() => setPage(next)}>
          Next page
        </button>
      )}
    </>
  );
}

function PatientTable({ patients }: { patients: readonly PatientResource[] }) {
  return (
    <table>
      <caption className="unseen">Patients</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Born</th>
          <th scope="col">Gender</th>
          <th scope="col">Identifiers</th>
          <th scope="col">Lives in</th>
        </tr>
      </thead>
      <tbody>
        {patients.map((patient) => (
          <tr key={patient.id}>
            <th scope="row">
              <a href={`#/patient/${patient.id}`}>{nameText(patient.name)}</a>
            </th>
            <td>{dateText(patient.birthDate)}</td>
            <td>{patient.gender}</td>
            <td>{identifiersText(patient.identifier)}</td>
            <td>{[patient.address?.[0]?.city, patient.address?.[0]?.state].filter(Boolean).join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
