import { describe, expect, it } from 'vitest'
import type { Procedure } from '../api/types'
import { sceneAfter, sceneNamed, scenesOf } from './scenes'

const procedure = (name: string, system: string): Procedure =>
  ({ name, system, system_title: `${system} 的标题` }) as Procedure

const scenes = scenesOf([
  procedure('urban-case', 'operation/urban-management'),
  procedure('hotline', 'services/hotline-12345'),
  procedure('hotline-query', 'services/hotline-12345'),
])

describe('the scenes', () => {
  it('are the whole city and each system with all its procedures', () => {
    expect(scenes.map((one) => one.name)).toEqual(['', 'urban-management', 'hotline-12345'])
    expect(scenes[2]?.procedures).toEqual(['hotline', 'hotline-query'])
    expect(scenes[0]?.procedures).toEqual([])
  })

  it('follow each other in a ring', () => {
    const names = ['', 'urban-management', 'hotline-12345'].map((name) => sceneAfter(scenes, sceneNamed(scenes, name)).name)
    expect(names).toEqual(['urban-management', 'hotline-12345', ''])
  })

  it('that are not there are the whole city, also before the pack is known', () => {
    expect(sceneNamed(scenes, 'flood').name).toBe('')
    expect(sceneAfter([], sceneNamed([], 'flood')).name).toBe('')
  })
})
