import { useFetched } from '../fetched.ts';
import { Counts } from '../parts/counts.tsx';
import { TopologyPicture } from '../parts/topology-picture.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { PartStatus } from '../placement.ts';

/** The first page: where each context runs and how it is, live; and what the exchange holds. */
export function Home() {
  const { value, error } = useFetched<{ readonly contexts: readonly PartStatus[] }>(
    '/health/contexts',
    2_000,
  );
  return (
    <>
      <h1>One heart, many chambers</h1>
      <p className="lead">
        Every chamber is a bounded context. All of them run in one program until you take one out; then it
        beats on by itself, and the others do not notice.
      </p>
      <Trouble error={error} />
      {value && <TopologyPicture parts={value.contexts} />}
      <Counts />
      <section aria-labelledby="try">
        <h2 id="try">See it happen</h2>
        <p>
          Run <kbd>npx septum demo split</kbd> in a second terminal: <em>medications</em> moves out into its
          own process, is killed, comes back, and the discharge it missed is documented exactly once.
        </p>
      </section>
    </>
  );
}
