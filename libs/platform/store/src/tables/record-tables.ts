/**
 * What a write leaves beside its resource.
 *
 * - `audit`: one compact row for each access, durable before its answer leaves. `action` is of
 *   https://hl7.org/fhir/R4/valueset-audit-event-action.html; `patients` are those whose data was touched.
 * - `idempotency`: the answers already given to clients' own keys, for 24 hours.
 */
export function recordTablesSql(schema: string): string {
  const s = `"${schema}"`;
  return `
CREATE TABLE ${s}.audit (
  position int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  action "char" NOT NULL,
  break_glass boolean NOT NULL,
  count int4 NOT NULL,
  version int4,
  subject text NOT NULL,
  client text,
  purpose text NOT NULL,
  type text NOT NULL,
  id text,
  patients text[],
  detail text
);
ALTER TABLE ${s}.audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_append ON ${s}.audit FOR INSERT WITH CHECK (true);
CREATE POLICY audit_read ON ${s}.audit FOR SELECT USING ((SELECT current_setting('septum.rows', true)) = '*');

CREATE TABLE ${s}.idempotency (
  caller text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  request text COLLATE "C" NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  version int4 NOT NULL,
  created boolean NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_expiry ON ${s}.idempotency (expires_at);
`;
}
