/** How one part is, as `/health/contexts` tells it. */
export interface PartStatus {
  readonly part: string;
  /** Where it answers from, seen from the process asked; `nowhere` when nobody answers. */
  readonly placement: 'here' | 'nats' | 'nowhere';
  readonly state: 'starting' | 'ready' | 'degraded' | 'down' | 'stopping';
  /** Why it is not ready, in sentences for an operator. */
  readonly problems: readonly string[];
  /** Age of the oldest event it published that is not delivered yet, and of the oldest it has yet to apply; milliseconds. */
  readonly outboxLagMs: number;
  readonly inboxLagMs: number;
  /** Order keys whose messages wait for an operator. */
  readonly parked: number;
  readonly pid: number;
}

/** What a part found when it looked at itself; the rest of {@link PartStatus} follows from where it runs. */
export interface PartFindings {
  readonly problems: readonly string[];
  /** What is wrong and does not keep it from answering here; sentences too. */
  readonly impairments?: readonly string[];
  readonly outboxLagMs: number;
  readonly inboxLagMs: number;
  readonly parked: number;
}

/** A part whose events lag more than this is degraded: it answers, but others read old news. */
const boundedLagMs = 30_000;

export function statusHere(
  part: string,
  phase: 'starting' | 'running' | 'stopping',
  findings: PartFindings,
): PartStatus {
  const { impairments = [], ...rest } = findings;
  const problems = [...findings.problems, ...impairments];
  return { part, placement: 'here', state: stateOf(phase, findings), ...rest, problems, pid: process.pid };
}

export function statusNowhere(part: string, problem: string): PartStatus {
  return {
    part,
    placement: 'nowhere',
    state: 'down',
    problems: [problem],
    outboxLagMs: 0,
    inboxLagMs: 0,
    parked: 0,
    pid: 0,
  };
}

function stateOf(phase: 'starting' | 'running' | 'stopping', findings: PartFindings): PartStatus['state'] {
  if (phase !== 'running') return phase;
  if (findings.problems.length > 0) return 'down';
  if ((findings.impairments ?? []).length > 0) return 'degraded';
  return findings.parked > 0 || Math.max(findings.outboxLagMs, findings.inboxLagMs) > boundedLagMs
    ? 'degraded'
    : 'ready';
}
