/** Maps with so many calls at the same moment at the most; answers in the order of the items. */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();

  async function work(): Promise<void> {
    for (const [index, item] of queue) results[index] = await map(item, index);
  }

  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
