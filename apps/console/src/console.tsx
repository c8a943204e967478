import { usePlace } from './place.ts';
import { Document } from './pages/document.tsx';
import { Home } from './pages/home.tsx';
import { Patient } from './pages/patient.tsx';
import { Patients } from './pages/patients.tsx';

/** The frame around every page: where one is, and the ways to elsewhere. */
export function Console() {
  const [page = '', id = ''] = usePlace();
  return (
    <>
      <a className="skip" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <header className="top">
        <a className="brand" href="#/" aria-label="Septum, home">
          <img src="/septum.svg" alt="" width="28" height="28" /> Septum
        </a>
        <nav aria-label="Pages">
          <a href="#/" aria-current={page === '' ? 'page' : undefined}>
            Overview
          </a>
          <a href="#/patients" aria-current={page.startsWith('patient') ? 'page' : undefined}>
            Patients
          </a>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {page === '' && <Home />}
        {page === 'patients' && <Patients />}
        {page === 'patient' && <Patient key={id} id={id} />}
        {page === 'document' && <Document key={id} id={id} />}
        {!['', 'patients', 'patient', 'document'].includes(page) && (
          <p>
            There is no such page. <a href="#/">Back to the overview</a>
          </p>
        )}
      </main>
    </>
  );
}

/** The hash is the router's, so the skip link moves the focus itself. */
function focusMain(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
