import type { Backend, FilmRef } from "../ipc/backend";
import { drawFilm, type DrawnFilm } from "../lib/film";
import { attachmentUrl, chosenUrl } from "../lib/media";

function urlOf(film: FilmRef): string {
  return film.kind === "staged" ? chosenUrl(film.file) : attachmentUrl(film.message, film.index);
}

/** Pictures of films, drawn when one is first seen: one film at a time. What cannot be drawn is tried once. */
export class Posters {
  readonly #backend: Backend;
  readonly #draw: (film: Blob) => Promise<DrawnFilm>;
  readonly #asked = new Map<string, Promise<boolean>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(backend: Backend, draw: (film: Blob) => Promise<DrawnFilm> = drawFilm) {
    this.#backend = backend;
    this.#draw = draw;
  }

  /** Draws a film that has no picture yet; answers whether it has one now. */
  want(film: FilmRef): Promise<boolean> {
    const url = urlOf(film);
    const asked = this.#asked.get(url);
    if (asked !== undefined) return asked;
    const made = this.#turn.then(async () => {
      const isMade = await this.#make(film, url);
      // A film that went and was fetched again may want another one.
      if (isMade) this.#asked.delete(url);
      return isMade;
    });
    this.#asked.set(url, made);
    this.#turn = made;
    return made;
  }

  async #make(film: FilmRef, url: string): Promise<boolean> {
    try {
      const { picture, durationMs } = await this.#draw(await this.#backend.readMedia(url));
      await this.#backend.setVideoPoster({ film, durationMs }, picture);
      return true;
    } catch {
      // Of a kind that the web engine does not play: a plain tile stands for it.
      return false;
    }
  }
}
