import { afterEach, expect, it, vi } from 'vitest'
import { heedFaults } from './faults'

/** A map that fails with `error`; what went to the console. */
function failing(error: Error): unknown[] {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  heedFaults({ on: (_type, heard) => heard({ error }) })
  return told.mock.calls.flat()
}

afterEach(() => vi.restoreAllMocks())

it('says nothing of a tile without an answer, which the page tells by itself', () => {
  expect(failing(Object.assign(new Error('AJAXError: Failed to fetch (0)'), { status: 0 }))).toEqual([])
})

it.each([
  ['a tile that is refused', Object.assign(new Error('AJAXError: (404)'), { status: 404 })],
  ['a broken style', new Error('layers.x: unknown property')],
])('tells %s', (_what, error) => {
  expect(failing(error)).toEqual([error])
})
