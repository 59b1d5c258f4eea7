import { createApp } from 'vue'
import '../kit/tokens.css'
import './screen.css'
import { begin as beginSession } from '../session'
import { runClock } from '../time/city'
import { begin as beginWords } from '../words/language'
import App from './App.vue'

void beginWords()
void beginSession()
runClock()
createApp(App).mount('#app')
