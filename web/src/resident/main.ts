import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import '../kit/tokens.css'
import './resident.css'
import { begin as beginSession, session, trouble } from '../session'
import './elder'
import { runOutbox } from './outbox'
import { runWorker } from './worker'
import { runClock } from '../time/city'
import { begin as beginWords } from '../words/language'
import App from './App.vue'
import { routes } from './routes'

const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
const asked = Promise.all([beginWords(), beginSession()])
router.beforeEach(async (to) => {
  if (to.meta['signed'] !== true) return true
  await asked
  // Without an answer nobody knows who is signed in: the page itself then says what is wrong.
  return session.value || trouble.value ? true : { path: '/sign-in', query: { to: to.fullPath } }
})
runClock()
runOutbox()
runWorker()
createApp(App).use(router).mount('#app')
