import { IsArray, IsBoolean, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { WholeNumber } from './whole-number.ts';

/** One HL7 v2 interface, as `septum.yaml` lists it. */
export class MllpListenerSettings {
  @Matches(/^[a-z][a-z0-9-]{0,39}$/, { message: 'must be a name of small letters, digits and hyphens' })
  name!: string;

  @WholeNumber(0, 65535)
  port!: number;

  @IsString()
  @Matches(/^[\w.:-]+$/, { message: 'must be a host name or an address' })
  host: string = '127.0.0.1';

  /** Of messages that name none in MSH-18: a name of table 0211. */
  @IsString()
  @MaxLength(40)
  characterSet: string = 'ASCII';

  /** Of MSH-11: P production, T training, D debugging. */
  @IsArray()
  @IsIn(['P', 'T', 'D'], { each: true })
  processingIds: string[] = ['P'];

  /** Of one message, in bytes. A connection holds up to eight at once. */
  @WholeNumber(1_024, 256 * 1024 * 1024)
  maxMessageBytes: number = 32 * 1024 * 1024;

  /** For senders that end a message with 0x1C alone, without the carriage return that MLLP asks for. */
  @IsBoolean()
  lenientEnd: boolean = false;

  /** PEM files. With a certificate and its key the interface is TLS, and may be on any address. */
  @IsOptional()
  @IsString()
  certificateFile?: string;

  @IsOptional()
  @IsString()
  keyFile?: string;

  /** With these, senders must show a certificate that one of them signed. */
  @IsOptional()
  @IsString()
  clientAuthoritiesFile?: string;

  /** In the clear beyond this machine, where the network protects it. */
  @IsBoolean()
  allowPlain: boolean = false;
}
