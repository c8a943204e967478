import { Refused } from '../fetched.ts';

/** What went wrong, said where it matters; nothing when nothing did. */
export function Trouble({ error }: { error: Error | undefined }) {
  if (!error) return null;
  const signedOut = error instanceof Refused && error.status === 401;
  return (
    <p className="trouble" role="alert">
      {signedOut
        ? 'You are not signed in. Open the console by the address that Septum prints when it starts; it carries a one-use code. A new one: npx septum console.'
        : error.message}
    </p>
  );
}
