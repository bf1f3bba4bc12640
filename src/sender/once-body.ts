/**
 * A request body that can be written once. A dispatcher that retries hides some of its attempts from the handler
 * (undici's RetryHandler, once the head of an answer has come), so the hook before the write cannot stop them;
 * a body that is used up can. Mocks that look at a body as text still see it.
 */
export class OnceBody {
  readonly #text: string;
  #used = false;

  constructor(text: string) {
    this.#text = text;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#used)
      throw new Error('The request was written once already; a second copy would send it twice.');
    this.#used = true;
    yield Buffer.from(this.#text);
  }

  toString(): string {
    return this.#text;
  }
}
