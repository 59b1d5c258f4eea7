// The paths of the resident page. The binary serves the page at the same ones: see `web/assets/src/lib.rs`.

import type { RouteRecordRaw } from 'vue-router'
import HomePage from './HomePage.vue'

export const routes: RouteRecordRaw[] = [
  { path: '/', component: HomePage },
  { path: '/report', component: () => import('./report/ReportPage.vue') },
  { path: '/cases', component: () => import('./CasesPage.vue'), meta: { signed: true } },
  { path: '/cases/:id', component: () => import('./CasePage.vue'), props: true, meta: { signed: true } },
  { path: '/air', component: () => import('./air/AirPage.vue') },
  { path: '/air/:code', component: () => import('./air/StationPage.vue'), props: true },
  { path: '/notices', component: () => import('./NoticesPage.vue'), meta: { signed: true } },
  { path: '/sign-in', component: () => import('./SignInPage.vue') },
  { path: '/:unknown(.*)*', redirect: '/' },
]
