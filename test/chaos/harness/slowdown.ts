const spinMs = 60;

/**
 * How many times longer work takes here now than it would alone: 1 on a quiet machine. What is promised in seconds is
 * promised of a machine that has nothing else to do, and a test must not fail because of its neighbours.
 */
export function slowdown(): number {
  const cpu = process.cpuUsage();
  const began = performance.now();
  let used = 0;
  while (used < spinMs) {
    const { user, system } = process.cpuUsage(cpu);
    used = (user + system) / 1000;
  }
  return Math.max(1, (performance.now() - began) / used);
}
