// Time spent on an answer, counted in the page while it is open.

const AWAY_MS = 120_000; // a longer gap between two ticks: the machine slept

export function clockText(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class Clock {
  constructor(seconds, onTick) {
    this.seconds = seconds;
    this.onTick = onTick;
    this.timer = null;
    this.last = 0;
  }

  get running() {
    return this.timer !== null;
  }

  start() {
    if (this.running) return;
    this.last = Date.now();
    this.timer = setInterval(() => this.tick(), 1000);
    this.onTick();
  }

  pause() {
    if (!this.running) return;
    clearInterval(this.timer);
    this.timer = null;
    this.count();
    this.onTick();
  }

  reset() {
    this.pause();
    this.seconds = 0;
    this.onTick();
  }

  count() {
    const now = Date.now();
    if (now > this.last && now - this.last < AWAY_MS) this.seconds += (now - this.last) / 1000;
    this.last = now;
  }

  tick() {
    this.count();
    this.onTick();
  }
}
