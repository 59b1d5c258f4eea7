// Where the marks of a chart stand: pure geometry on a box of 100 by 100, drawn by TrendChart.

/** A round number at or above `most`, for the top of an axis: 1, 2 or 5 times a power of ten. */
export function topOf(most: number): number {
  if (most <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= most) ?? 10
  return step * power
}

/** The points of a line through `values`, each in the middle of its place; what is not known breaks the line. */
export function linesOf(values: readonly (number | null)[], top: number): string[] {
  const width = 100 / Math.max(1, values.length)
  const lines: string[][] = [[]]
  values.forEach((value, index) => {
    if (value === null) lines.push([])
    else lines[lines.length - 1]?.push(`${round((index + 0.5) * width)},${round(100 - (value / top) * 100)}`)
  })
  return lines.filter((line) => line.length > 0).map((line) => line.join(' '))
}

export interface Bar {
  x: number
  y: number
  width: number
  height: number
}

/** The bar of each value; nothing is drawn where nothing is known. */
export function barsOf(values: readonly (number | null)[], top: number): Bar[] {
  const width = 100 / Math.max(1, values.length)
  return values.map((value, index) => {
    const height = round(((value ?? 0) / top) * 100)
    return { x: round((index + 0.15) * width), y: round(100 - height), width: round(width * 0.7), height }
  })
}

const round = (value: number): number => Math.round(value * 100) / 100
