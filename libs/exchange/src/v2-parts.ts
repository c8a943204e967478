import { v2Message, V2MessageOperation } from './operations/v2-message.ts';
import { v2Messages, V2MessagesOperation } from './operations/v2-messages.ts';
import { v2Resend, V2ResendOperation } from './operations/v2-resend.ts';
import { CreateV2Messages1764100000000 } from './store/migrations/1764100000000-create-v2-messages.ts';
import { IndexSettledV2Messages1764250000000 } from './store/migrations/1764250000000-index-settled-v2-messages.ts';
import { IndexWhatIsAskedOfV2Messages1764450000000 } from './store/migrations/1764450000000-index-what-is-asked-of-v2-messages.ts';
import { WaitingMessages } from './store/waiting-messages.ts';
import { ApplyResources } from './v2/apply-resources.ts';
import { MllpDoor } from './v2/mllp.door.ts';
import { ResolveIdentities } from './v2/resolve-identities.ts';
import { V2Intake } from './v2/v2-intake.ts';
import { V2ReceivedListener } from './v2/v2-received.listener.ts';
import { V2Retention } from './v2/v2-retention.ts';
import { v2Received } from './v2/v2-events.ts';

/** What the context has for HL7 v2: messages come in by a door, are kept, and applied when the event of it is heard. */
export const v2Parts = {
  operations: [v2Messages, v2Message, v2Resend],
  controllers: [V2MessagesOperation, V2MessageOperation, V2ResendOperation, V2ReceivedListener],
  providers: [V2Intake, WaitingMessages, ResolveIdentities, ApplyResources],
  doors: [MllpDoor, V2Retention],
  publishes: [v2Received],
  hears: [v2Received],
  migrations: [
    CreateV2Messages1764100000000,
    IndexSettledV2Messages1764250000000,
    IndexWhatIsAskedOfV2Messages1764450000000,
  ],
};
