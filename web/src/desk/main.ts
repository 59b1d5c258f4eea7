import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import '../kit/tokens.css'
import './desk.css'
import { begin as beginSession, choosePost, session } from '../session'
import { runClock } from '../time/city'
import { begin as beginWords } from '../words/language'
import App from './App.vue'
import { routes } from './routes'

const router = createRouter({
  history: createWebHistory('/desk'),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
const asked = Promise.all([beginWords(), beginSession()]).then(async () => {
  // Whoever has posts acts at one of them at the desk; which one is shown and can be changed.
  const first = session.value?.posts[0]
  if (session.value && !session.value.post && first) await choosePost(first.code)
})
router.beforeEach(async (to) => {
  if (to.meta['signed'] !== true) return true
  await asked
  return session.value ? true : { path: '/sign-in', query: { to: to.fullPath } }
})
runClock()
const app = createApp(App).use(router)
// Who is signed in decides the frame: drawn before that is known, the page would jump.
void router.isReady().finally(() => {
  app.mount('#app')
  // The two pages that are opened most are there before they are asked for.
  void import('./QueuePage.vue')
  void import('./CasePage.vue')
})
