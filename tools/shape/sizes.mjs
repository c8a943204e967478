/** How long the source files are: `{ files, median, p95, max, longest }`, in lines; specs not counted. */
export function sizes(files) {
  const counted = [...files]
    .filter(([path]) => /^(apps|libs)\/.*\.(ts|tsx)$/.test(path) && !/\.spec\.tsx?$|\/test\//.test(path))
    .map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }))
    .sort((one, other) => one.lines - other.lines);
  const at = (share) => counted[Math.min(counted.length - 1, Math.floor(counted.length * share))];
  return {
    files: counted.length,
    median: at(0.5).lines,
    p95: at(0.95).lines,
    max: at(1).lines,
    longest: at(1).path,
  };
}
