import { inWords, isUp, processes, type PartStatus, type ProcessBox } from '../placement.ts';

const chamber = { width: 138, height: 54, gap: 12 };
const head = 34;
const wire = 90;

interface Laid {
  readonly box: ProcessBox;
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

function laidOut(box: ProcessBox, columns: number, x: number, y: number): Laid {
  const rows = Math.ceil(box.parts.length / columns);
  const width = columns * (chamber.width + chamber.gap) + chamber.gap;
  return { box, x, y, columns, width, height: head + rows * (chamber.height + chamber.gap) };
}

/** The program on the left with its chambers, each other process beside it on its own wire. */
function layout(boxes: readonly ProcessBox[]): Laid[] {
  const [program, ...others] = boxes;
  if (!program) return [];
  const laid = [laidOut(program, 4, 0, 0)];
  let y = 0;
  for (const box of others) {
    const next = laidOut(box, box.parts.length > 4 ? 2 : 1, (laid[0]?.width ?? 0) + wire, y);
    laid.push(next);
    y += next.height + 14;
  }
  return laid;
}

/** Where every part runs, drawn; the sentence below says the same in words, and is announced when it changes. */
export function TopologyPicture({ parts }: { parts: readonly PartStatus[] }) {
  const laid = layout(processes(parts));
  const width = Math.max(...laid.map((one) => one.x + one.width)) + 8;
  const height = Math.max(...laid.map((one) => one.y + one.height)) + 8;
  return (
    <section aria-labelledby="topology">
      <h2 id="topology">Where everything runs</h2>
      <svg
        className="topology"
        viewBox={`-4 -4 ${width} ${height}`}
        style={{ maxWidth: width }}
        role="img"
        aria-labelledby="topology-words"
      >
        {laid.slice(1).map((one) => (
          <Wire key={one.box.key} from={laid[0]?.width ?? 0} to={one} />
        ))}
        {laid.map((one) => (
          <Process key={one.box.key} laid={one} />
        ))}
      </svg>
      <p id="topology-words" role="status">
        {inWords(parts)}
      </p>
    </section>
  );
}

function Wire({ from, to }: { from: number; to: Laid }) {
  const y = to.y + to.height / 2;
  const up = to.box.parts.some(isUp);
  return (
    <>
      <path className={up ? 'wire' : 'wire broken'} d={`M${from} ${y}H${to.x}`} />
      <text className="caption" x={from + wire / 2} y={y - 8} textAnchor="middle">
        NATS
      </text>
    </>
  );
}

function Process({ laid: { box, x, y, columns, width, height } }: { laid: Laid }) {
  const caption = box.here
    ? 'this program'
    : box.parts[0]?.placement === 'nats'
      ? box.key
      : 'no process answers';
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect className={box.here ? 'program here' : 'program'} width={width} height={height} rx="18" />
      <text className="caption" x="16" y="23">
        {caption}
      </text>
      {box.parts.map((part, index) => (
        <Chamber
          key={part.part}
          status={part}
          x={chamber.gap + (index % columns) * (chamber.width + chamber.gap)}
          y={head + Math.floor(index / columns) * (chamber.height + chamber.gap)}
        />
      ))}
    </g>
  );
}

function Chamber({ status, x, y }: { status: PartStatus; x: number; y: number }) {
  const up = isUp(status);
  return (
    <g
      className={up ? 'chamber' : 'chamber broken'}
      transform={`translate(${x} ${y})`}
      data-part={status.part}
    >
      <rect width={chamber.width} height={chamber.height} rx="10" />
      <text className="name" x="14" y="23">
        {status.part}
      </text>
      <text className="state" x="14" y="41">
        {up ? '●' : '○'} {status.placement === 'nowhere' ? 'not answering' : status.state}
      </text>
      {status.problems[0] && <title>{status.problems[0]}</title>}
    </g>
  );
}
