/**
 * Makes one question of all that come in the same turn of the event loop: a busy worker begins several jobs at once,
 * and each question to Redis costs a write and a read.
 *
 * @param askAll Answers as many as it is asked, in the same order.
 */
export function batched<Question, Answer>(
  askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let next: { readonly questions: Question[]; readonly answers: Promise<readonly Answer[]> } | undefined;

  function begin(): NonNullable<typeof next> {
    const questions: Question[] = [];
    const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      next = undefined;
      return askAll(questions);
    });
    return { questions, answers };
  }

  return async (question) => {
    next ??= begin();
    const { questions, answers } = next;
    const index = questions.push(question) - 1;
    const answer = (await answers)[index];
    if (answer === undefined) throw new TypeError('There are fewer answers than questions.');
    return answer;
  };
}
