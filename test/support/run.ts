/** Tests that need what may not be here: if something is missing they are skipped, and their name says what. */
export function describeUnless(missing?: string) {
  return missing ? (name: string, tests: () => void) => describe.skip(`${name} (skipped: ${missing})`, tests) : describe;
}
