/** The house as the story finds it: everything in one process. */
export const onePicture = `
┌ septum ───────────────────────────────────────────────────┐
│ edge                                                      │
│ patients  directory  encounters  clinical  [medications]  │
│ transitions  coverage  quality  privacy  exchange  …      │
└──────────────────────────┬────────────────────────────────┘
                      PostgreSQL`.trimStart();

/** The same house with one part in a process of its own. */
export const splitPicture = `
┌ septum ──────────────────────────────┐          ┌ septum ───────┐
│ edge                                 │   NATS   │               │
│ patients  directory  encounters  …   │◄────────►│ [medications] │
└──────────────────┬───────────────────┘          └───────┬───────┘
                   └───────────── PostgreSQL ─────────────┘`.trimStart();

export const killedPicture = `
┌ septum ──────────────────────────────┐          ┌ ─ ─ ─ ─ ─ ─ ─ ┐
│ edge                                 │   NATS     kill -9
│ patients  directory  encounters  …   │◄───  ✗   │ [medications] │
└──────────────────┬───────────────────┘          └ ─ ─ ─ ─ ─ ─ ─ ┘
                   └───────────── PostgreSQL`.trimStart();
