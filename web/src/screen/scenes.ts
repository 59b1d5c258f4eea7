// The scenes: the whole city, and each system of the pack that handles cases.

import type { Procedure } from '../api/types'

export interface Scene {
  /** As it stands in the address; empty for the whole city. */
  name: string
  /** Empty for the whole city, whose title is one of the screen's own words. */
  title: string
  /** The system whose procedures are counted; empty for all. */
  system: string
  procedures: string[]
}

const WHOLE: Scene = { name: '', title: '', system: '', procedures: [] }

/** `services/hotline-12345` is named `hotline-12345`. */
const nameOf = (system: string): string => system.split('/').pop() ?? system

/** The scenes in the order of their systems, the whole city first. */
export function scenesOf(procedures: readonly Procedure[]): Scene[] {
  const scenes = new Map<string, Scene>()
  for (const { system, system_title: title, name } of procedures) {
    const known = scenes.get(system)
    if (known) known.procedures.push(name)
    else scenes.set(system, { name: nameOf(system), title, system, procedures: [name] })
  }
  return [WHOLE, ...scenes.values()]
}

/** The scene of this name; the whole city when there is none. */
export function sceneNamed(scenes: readonly Scene[], name: string): Scene {
  return scenes.find((one) => one.name === name) ?? scenes[0] ?? WHOLE
}

/** The one that is shown after `scene`. */
export function sceneAfter(scenes: readonly Scene[], scene: Scene): Scene {
  const at = scenes.findIndex((one) => one.name === scene.name)
  return scenes[(at + 1) % Math.max(1, scenes.length)] ?? scene
}
