import { useState } from 'react';
import { type Bundle, dateText, nameText, type PatientResource } from '../fhir.ts';
import { useFetched } from '../fetched.ts';
import { Trouble } from '../parts/trouble.tsx';

/** The patients, newest change first, found by the beginning of a name. */
export function Patients() {
  const [typed, setTyped] = useState('');
  const [page, setPage] = useState<string>();
  const name = typed.trim();
  const first = `/fhir/R4/Patient?_count=25${name ? `&name=${encodeURIComponent(name)}` : '&_sort=-_lastUpdated'}`;
  const { value, error } = useFetched<Bundle>(page ?? first);
  const patients = (value?.entry ?? [])
    .map((entry) => entry.resource as PatientResource)
    .filter((one) => one.resourceType === 'Patient');
  const next = value?.link?.find((link) => link.relation === 'next')?.url;

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
      <table>
        <caption className="unseen">Patients</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Born</th>
            <th scope="col">Gender</th>
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
              <td>{[patient.address?.[0]?.city, patient.address?.[0]?.state].filter(Boolean).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {value && patients.length === 0 && <p role="status">No patient’s name begins so.</p>}
      {next && (
        <button
          type="button"
          onClick={() =>
            setPage(new URL(next, window.location.href).pathname + new URL(next, window.location.href).search)
          }
        >
          Next page
        </button>
      )}
    </>
  );
}
