// The build of the three faces: resident, desk and screen. Each is one HTML entry with its own first load.
import vue from '@vitejs/plugin-vue'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Below this many bytes a compressed copy costs more (a second file, a header) than it saves. */
const COMPRESS_BYTES_MIN = 1024

/** Writes `.br` and `.gz` beside each text file, so that the binary never compresses while it serves. */
function precompress(): Plugin {
  let folder = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const path of filesBelow(folder)) {
        if (!/\.(js|css|html|svg|json)$/.test(path) || statSync(path).size < COMPRESS_BYTES_MIN) continue
        const bytes = readFileSync(path)
        const brotli = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: brotli }))
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

/** Files that the resident page is kept with on a device, beside those that it is built of. */
const KEPT_BESIDE = ['/', '/manifest.webmanifest', '/favicon.svg', '/icon-192.png']

/**
 * Writes `sw.js`, which keeps the resident page on the device: all that the page may load but the map, which is of no
 * use without the service.
 */
function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = new Set<string>()
      const follow = (name: string): void => {
        const chunk = bundle[name]
        if (chunk?.type !== 'chunk' || files.has(name) || chunk.facadeModuleId?.includes('/src/map/')) return
        files.add(name)
        chunk.viteMetadata?.importedCss.forEach((css) => files.add(css))
        ;[...chunk.imports, ...chunk.dynamicImports].forEach(follow)
      }
      const entry = Object.values(bundle).find((one) => one.type === 'chunk' && one.isEntry && one.name === 'resident')
      if (!entry) throw new Error('the build has no resident page')
      follow(entry.fileName)
      const kept = [...KEPT_BESIDE, ...[...files].sort().map((file) => `/${file}`)]
      // The page itself has no hash in its name, so what it and all the others hold gives the version.
      const hash = createHash('sha256').update(kept.join())
      for (const path of ['resident.html', 'public/manifest.webmanifest']) hash.update(readFileSync(path))
      const source = readFileSync('src/resident/service-worker.js', 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 16))
        .replace('__FILES__', JSON.stringify(kept))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}

/** While developing, gives each path the entry that the binary would give it. */
function entries(): Plugin {
  return {
    name: 'entries',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/'
        if (/^\/(@|src\/|node_modules\/)|\.\w+$/.test(path)) return next()
        const face = /^\/(desk|screen)(\/|$)/.exec(path)?.[1] ?? 'resident'
        request.url = `/${face}.html`
        next()
      })
    },
  }
}

/** The running binary that the development server asks. */
const service = process.env['BAOTU_URL'] ?? 'http://127.0.0.1:8343'

export default defineConfig({
  plugins: [vue(), entries(), offline(), precompress()],
  // Every component here is written with `setup`: Vue's other way of writing them stays out of the pages.
  ...(process.env['VITEST'] ? {} : { define: { __VUE_OPTIONS_API__: 'false' } }),
  server: { proxy: Object.fromEntries(['/api', '/tiles', '/open311'].map((path) => [path, service])) },
  build: {
    // Desktops in government offices run old forks of Chromium; the floor costs 1 to 3 % in bytes.
    target: 'chrome87',
    // Images stay files of their own: a policy without data: would have to be loosened for inlined ones.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { input: { resident: 'resident.html', desk: 'desk.html', screen: 'screen.html' } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})
