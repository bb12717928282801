/**
 * Rows of the table: `bar` says what is measured; then either `ratio` and `goal`, the most it should be (`unit` for what is no ratio), or `value`, a text
 * that is told for comparison.
 */
export function printTable(rows) {
  const lines = rows.map((row) => ('goal' in row ? bar(row) : [row.bar, row.value, '', '']));
  const table = [['bar', 'measured', 'goal', ''], ...lines];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  console.log();
  for (const line of table)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

/** Whether a row holds the numbers that it should. */
export function isMeasured(row) {
  return 'goal' in row ? Number.isFinite(row.ratio) : /\d/.test(row.value);
}

function bar({ bar, ratio, goal, unit = '' }) {
  const digits = unit ? 0 : 3;
  return [bar, `${ratio.toFixed(digits)}${unit}`, `≤ ${goal}${unit}`, ratio <= goal ? 'met' : 'MISSED'];
}
