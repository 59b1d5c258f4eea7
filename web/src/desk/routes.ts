// The paths of the desk, below `/desk`.

import type { RouteRecordRaw } from 'vue-router'
import DayPage from './DayPage.vue'
import SignInPage from './SignInPage.vue'

const meta = { signed: true }

export const routes: RouteRecordRaw[] = [
  { path: '/', component: DayPage, meta },
  { path: '/queue', component: () => import('./QueuePage.vue'), meta },
  { path: '/cases/:id', component: () => import('./CasePage.vue'), props: true, meta },
  { path: '/supervision', component: () => import('./SupervisionPage.vue'), meta },
  { path: '/intake', component: () => import('./IntakePage.vue'), meta },
  { path: '/field', component: () => import('./FieldPage.vue'), meta },
  { path: '/field/:id', component: () => import('./FieldTaskPage.vue'), props: true, meta },
  { path: '/things', component: () => import('./things/ThingsPage.vue'), meta },
  { path: '/things/:id', component: () => import('./things/ThingPage.vue'), props: true, meta },
  { path: '/alarms', component: () => import('./alarms/AlarmsPage.vue'), meta },
  { path: '/alarms/:id', component: () => import('./alarms/AlarmPage.vue'), props: true, meta },
  { path: '/pack', component: () => import('./pack/PackPage.vue'), meta },
  { path: '/notices', component: () => import('./NoticesPage.vue'), meta },
  { path: '/sign-in', component: SignInPage },
  { path: '/:unknown(.*)*', redirect: '/' },
]
