/** Numbers as people read them, in a width that does not jump. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return whole.format(value);
}

/** `12.4 s`, from a minute on `2:05`, from an hour on `1:02:05`. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const total = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(total / 60);
  if (minutes < 60) {
    return `${minutes}:${two(total % 60)}`;
  }
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(total % 60)}`;
}

/** Small sums keep two digits that say something: `$0.0026`, `$0.00031`, `$1.20`. */
export function formatCost(usd: number): string {
  if (usd === 0 || usd >= 0.995) {
    return `$${usd.toFixed(2)}`;
  }
  const digits = Math.min(8, Math.max(4, 1 - Math.floor(Math.log10(usd))));
  return `$${usd.toFixed(digits).replace(/(\.\d{4}\d*?)0+$/, "$1")}`;
}

export function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}
