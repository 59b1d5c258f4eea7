// A demo city of our own that can be ended and started again on the same data, as a machine would that fails.
// `BAOTU_BIN` names the binary; without it the debug build beside this folder is taken.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const BINARY = process.env.BAOTU_BIN ?? join(ROOT, 'target', 'debug', 'baotu')
/** A city with a day of history is there within this on a busy machine, in milliseconds. */
const START_MILLIS_MAX = 900_000
/** How often it is looked whether it is there, in milliseconds. */
const LOOK_MILLIS = 250

/** A port that nobody listens on now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Waits until `holds` answers with something true, and answers with it. */
export async function until(what, holds, millis = 60_000) {
  const end = Date.now() + millis
  for (;;) {
    const answer = await holds()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`not within ${millis} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLIS))
  }
}

/** Starts a demo city; `first` are the options of its first start, `always` those of each. */
export async function demoCity({ first = [], always = [] } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'baotu-city-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child
  let log = ''

  async function start(options) {
    const args = ['demo', '--pack', join(ROOT, 'packs', 'jinan'), '--data', join(data, 'data'), '--log', 'warn']
    // Thousands of devices would keep both cores from what the journey is about.
    args.push('--devices', '0', '--mqtt', '127.0.0.1:0', '--hj212', '127.0.0.1:0')
    child = spawn(BINARY, [...args, '--listen', `127.0.0.1:${port}`, ...always, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = child
    let ended = null
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (text) => (log = `${log}${text}`.slice(-4_000)))
    started.once('error', (error) => (ended = error.message))
    started.once('exit', (code) => (ended ??= `exit ${code}`))
    await until(
      'the city is ready',
      async () => {
        if (ended !== null) throw new Error(`the city ended: ${ended}\n${log}`)
        const answer = await fetch(`${url}/readyz`).catch(() => null)
        await answer?.arrayBuffer()
        return answer?.ok
      },
      START_MILLIS_MAX,
    )
  }

  /** Ends it as a power cut would. */
  async function kill() {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async function end() {
    await kill()
    await rm(data, { recursive: true, force: true })
  }

  await start(first).catch(async (error) => {
    await end()
    throw error
  })
  return {
    url,
    kill,
    /** The city's own time. */
    now: async () => (await (await fetch(`${url}/api/demo`)).json()).now,
    /** Starts it again where its time stood at `at`. */
    again: (at) => start(['--history-hours', '0', '--start', at]),
    end,
  }
}
