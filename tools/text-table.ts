/** Rows of cells as lines of text, each column as wide as it must be, long lists broken at their commas. */
export function textTable(rows: string[][], widest = 28): string[] {
  const wrapped = rows.map(row => row.map(cell => wrap(cell, widest)));
  const widths = rows[0].map((_, column) => Math.max(...wrapped.flatMap(row => row[column].map(line => line.length))));
  return wrapped.flatMap(row => {
    const height = Math.max(...row.map(cell => cell.length));
    return Array.from({ length: height }, (_, line) => row.map((cell, column) => (cell[line] ?? '').padEnd(widths[column])).join('  ').trimEnd());
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
