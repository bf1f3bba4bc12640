import { EMULATOR_PREFIX } from '../protocol.ts';
import type { EmulatorFaults, Fault } from './fault.ts';
import { readFault } from './fault-fields.ts';
import { createRandom } from './random.ts';

/** The faults with what only the emulator itself may do. */
export interface ManagedFaults extends EmulatorFaults {
  /** The oldest fault that fits and, where it goes by chance, hits: one time of it is used up. */
  take(on: Fault['on'], fits?: (fault: Fault) => boolean): Fault | undefined;
  /** Takes all of them away and begins the chance anew. */
  reset(): void;
}

/** Makes an empty list of faults. */
export function createFaults(seed: number, onChange: () => void): ManagedFaults {
  let faults: readonly Fault[] = [];
  let count = 0;
  let random = createRandom(seed);

  function replace(next: readonly Fault[]): void {
    faults = next;
    onChange();
  }

  function remove(id: string): boolean {
    const rest = faults.filter((fault) => fault.id !== id);
    if (rest.length === faults.length) return false;
    replace(rest);
    return true;
  }

  function clear(): void {
    if (faults.length > 0) replace([]);
  }

  return {
    add(added) {
      const id = `${EMULATOR_PREFIX}fault_${count + 1}`;
      const fault = readFault(id, added);
      count += 1;
      replace([...faults, fault]);
      return { id, remove: () => void remove(id) };
    },
    list: () => [...faults],
    remove,
    clear,
    take(on, fits = () => true) {
      const struck = faults.find(
        (fault) =>
          fault.on === on && fits(fault) && (fault.probability === undefined || random() < fault.probability),
      );
      if (struck === undefined) return undefined;
      const left = { ...struck, remaining: struck.remaining - 1 };
      replace(faults.flatMap((fault) => (fault !== struck ? [fault] : left.remaining > 0 ? [left] : [])));
      return struck;
    },
    reset() {
      random = createRandom(seed);
      clear();
    },
  };
}
