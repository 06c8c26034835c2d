/** How a part's tests are counted. */
export type Counting =
  /** It writes jest's results to the file that its last argument names. */
  | 'jest'
  /** It prints one line for each step: `passed  NAME` or `FAILED  NAME`. */
  | 'steps'
  /** It passes or fails as a whole. */
  | 'whole';

/** A part of the gate. */
export interface Part {
  readonly name: string;
  /** The npm script and its arguments. */
  readonly script: readonly string[];
  readonly counting: Counting;
  /**
   * CPU seconds that it may take, with its child processes: about one and a half times what was measured.
   * Machines are shared, so wall time says little.
   */
  readonly cpuSeconds: number;
  /** Minutes of wall time after which it is stopped. */
  readonly minutes: number;
  /** Whether it needs what `rehearse -- --setup` makes. If so, it runs after that: tests decide whether they are skipped while they are loaded. */
  readonly needsSetup?: boolean;
}

/** Runs beside the first parts, as it needs nothing from them. */
export const SETUP: Part = {
  name: 'set-up', script: ['rehearse', '--', '--wait', '--setup'], counting: 'whole', cpuSeconds: 2400, minutes: 60,
};

/** All parts in their order: README's command first. */
export const PARTS: readonly Part[] = [
  { name: 'test', script: ['test'], counting: 'jest', cpuSeconds: 420, minutes: 20 },
  { name: 'test:coverage', script: ['test:coverage'], counting: 'whole', cpuSeconds: 420, minutes: 20 },
  { name: 'lint', script: ['lint'], counting: 'whole', cpuSeconds: 150, minutes: 10 },
  { name: 'snapshots', script: ['snapshots'], counting: 'whole', cpuSeconds: 120, minutes: 10 },
  { name: 'generated files', script: ['generated'], counting: 'whole', cpuSeconds: 180, minutes: 10 },
  { name: 'test:programs', script: ['test:programs'], counting: 'jest', cpuSeconds: 900, minutes: 30, needsSetup: true },
  { name: 'test:cluster', script: ['test:cluster'], counting: 'jest', cpuSeconds: 900, minutes: 30, needsSetup: true },
  { name: 'rehearsal', script: ['rehearse', '--', '--wait', '--seeds', '2'], counting: 'steps', cpuSeconds: 600, minutes: 20, needsSetup: true },
];
