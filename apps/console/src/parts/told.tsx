import { dateText } from '../fhir.ts';
import type { Telling } from '../told.ts';

/** Who was told of a patient's stays, with the proof, and who told us. */
export function Told({ tellings }: { tellings: readonly Telling[] }) {
  return (
    <section aria-labelledby="told">
      <h2 id="told">Notices and deliveries</h2>
      <div className="wide" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Who</th>
              <th scope="col">State</th>
              <th scope="col">When</th>
              <th scope="col">Proof or reason</th>
            </tr>
          </thead>
          <tbody>
            {tellings.map(({ key, what, who, isReceived, status, at, proof }) => (
              <tr key={key} data-communication={key}>
                <td>{what}</td>
                <td>
                  {isReceived ? 'from ' : 'to '}
                  {who}
                </td>
                <td>{status}</td>
                <td>
                  <time dateTime={at}>{dateText(at)}</time>
                </td>
                <td>{proof}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
