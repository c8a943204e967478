import { Controller, Get, Req, Res } from '@nestjs/common';
import { OneUseCode, sessionCookie } from '#platform/access';
import { sessionSeconds, SessionStore } from '../home/sessions.ts';
import { callerOf, type FhirReply, type FhirRequest } from './fhir-request.ts';

/** The console's sign-in: demo and this machine only. */
@Controller('session')
export class SessionController {
  constructor(private readonly sessions: SessionStore) {}

  /** The printed URL: its one-use code becomes a session cookie, and the browser goes on to the console. */
  @Get('start')
  @OneUseCode()
  async start(@Req() request: FhirRequest, @Res() reply: FhirReply): Promise<void> {
    const sessionToken = await this.sessions.open(callerOf(request));
    const cookie = `${sessionCookie}=${sessionToken}; Path=/; Max-Age=${sessionSeconds}; HttpOnly; SameSite=Strict`;
    reply.code(303).header('set-cookie', cookie).header('location', '/').send();
  }

  /** Who is signed in. */
  @Get()
  whoAmI(@Req() request: FhirRequest, @Res() reply: FhirReply): void {
    const { subject, kind, client, scopes } = callerOf(request);
    reply.send({ subject, kind, client, scopes });
  }
}
