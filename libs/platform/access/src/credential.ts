import { SetMetadata } from '@nestjs/common';

/** What a route asks of a request before it is reached. A route that says nothing asks for a token or a session. */
export type Credential = 'token-or-session' | 'one-use-code' | 'none';

export const credentialMetadata = 'septum:credential';

/** Opens a route to everybody. The complete list of such routes is in interface.md, and a spec compares the two. */
export const Public = () => SetMetadata(credentialMetadata, 'none' satisfies Credential);

/** A route reached with the one-use code of the printed URL, and with nothing else. */
export const OneUseCode = () => SetMetadata(credentialMetadata, 'one-use-code' satisfies Credential);
