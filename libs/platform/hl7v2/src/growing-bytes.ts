/** Bytes that come in pieces, in one buffer that doubles: however small the pieces, the work and the room are linear. */
export class GrowingBytes {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;
  /** How many bytes were moved since the last `take`, for whoever wants to know what the growing costs. */
  moved = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2, 4096));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.moved += this.#length;
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#length);
    this.moved += piece.length;
    this.#length = needed;
  }

  /** What was collected; collecting begins anew. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    this.moved = 0;
    return taken;
  }
}
