/** One context as `/health/contexts` tells of it. */
export interface Placed {
  readonly name: string;
  readonly placement: 'local' | 'remote';
  readonly state: 'up' | 'starting' | 'down';
}

const chamber = { width: 148, height: 54, gap: 12 };
const columns = 4;

const words: Record<Placed['state'], string> = { up: 'up', starting: 'starting', down: 'not answering' };

/** The program as a large chamber and each context that runs elsewhere beside it; the table below says the same in words. */
export function TopologyPicture({ contexts }: { contexts: readonly Placed[] }) {
  const inside = contexts.filter((context) => context.placement === 'local');
  const outside = contexts.filter((context) => context.placement === 'remote');
  const rows = Math.max(1, Math.ceil(inside.length / columns));
  const innerWidth = columns * (chamber.width + chamber.gap) + chamber.gap;
  const innerHeight = rows * (chamber.height + chamber.gap) + chamber.gap + 34;
  const outerLeft = innerWidth + 90;
  const width = outside.length > 0 ? outerLeft + chamber.width + 8 : innerWidth + 8;
  const height = Math.max(innerHeight, outside.length * (chamber.height + chamber.gap) + 34) + 8;
  const down = contexts.filter((context) => context.state !== 'up').map((context) => context.name);

  return (
    <section aria-labelledby="topology">
      <h2 id="topology">Where everything runs</h2>
      <svg
        className="topology"
        viewBox={`-4 -4 ${width} ${height}`}
        role="img"
        aria-labelledby="topology-words"
      >
        <rect className="program" width={innerWidth} height={innerHeight} rx="18" />
        <text className="caption" x="16" y="24">
          one program: edge and {inside.length} contexts
        </text>
        {inside.map((context, index) => (
          <Chamber
            key={context.name}
            context={context}
            x={chamber.gap + (index % columns) * (chamber.width + chamber.gap)}
            y={34 + Math.floor(index / columns) * (chamber.height + chamber.gap)}
          />
        ))}
        {outside.map((context, index) => {
          const y = 34 + index * (chamber.height + chamber.gap);
          return (
            <g key={context.name}>
              <path
                className={`wire ${context.state}`}
                d={`M${innerWidth} ${y + chamber.height / 2}H${outerLeft}`}
              />
              <text
                className="caption"
                x={innerWidth + 45}
                y={y + chamber.height / 2 - 8}
                textAnchor="middle"
              >
                NATS
              </text>
              <Chamber context={context} x={outerLeft} y={y} />
            </g>
          );
        })}
      </svg>
      <p id="topology-words" role="status">
        {inside.length} contexts run in this program
        {outside.length > 0 &&
          `, ${outside.map((context) => context.name).join(', ')} in ${outside.length === 1 ? 'a process of its own' : 'processes of their own'}`}
        . {down.length === 0 ? 'All of them are up.' : `Not up: ${down.join(', ')}.`}
      </p>
    </section>
  );
}

function Chamber({ context, x, y }: { context: Placed; x: number; y: number }) {
  return (
    <g className={`chamber ${context.state}`} transform={`translate(${x} ${y})`} data-context={context.name}>
      <rect width={chamber.width} height={chamber.height} rx="10" />
      <text className="name" x="14" y="24">
        {context.name}
      </text>
      <text className="state" x="14" y="42">
        {context.state === 'up' ? '●' : '○'} {words[context.state]}
      </text>
    </g>
  );
}
