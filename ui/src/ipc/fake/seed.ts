/** People and messages of the account in memory: the same on every run. */

import type { ConversationRow, MessageRow, MessageState } from "../backend";
import { apiError } from "../errors";

/** 14:40 of today, local time: the present of a seeded account. */
export const NOW = new Date().setHours(14, 40, 0, 0);
export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** An account ID made of a number. */
export function accountOf(number: number): string {
  let hex = "";
  let state = (number + 1) * 2_654_435_761;
  while (hex.length < 64) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    hex += state.toString(16).padStart(8, "0");
  }
  return `05${hex.slice(0, 64)}`;
}

export const OWN = accountOf(0);
export const PHRASE = "hemlock gills nurse oven palace reef sixteen tavern unusual vortex waffle yoga hemlock";

type Line = { own?: MessageState; text: string; at: number; unread?: boolean };

const NAMES = [
  "Élodie",
  "Solène Orbey",
  "Paul",
  "Lucien",
  "Anne",
  "Jardin",
  "Camille Roux",
  "Noor",
  "Maël",
  "Inès",
  "Théo",
  "Jeanne",
  "Victor",
  "Salomé",
  "Hugo",
  "Aïcha",
  "Martin",
  "Lou",
  "Gabriel",
  "Rose",
];
const SENTENCES = [
  "On se retrouve demain ?",
  "Vers 10 h, comme d’habitude.",
  "The map is on the table.",
  "Merci, à tout à l’heure",
  "I will bring the seeds and the small spade, if nobody else does; the big one stays in the shed.",
  "Oui",
  "No hurry.",
  "Parfait. Tu peux inviter Anne, elle est dans tes contacts.",
  "🍅",
  "See you at the market",
  "Le train a vingt minutes de retard, je t’écris en arrivant.",
  "https://example.org/plan?year=2026 is the plan",
];

/** A row of the list with everything at its usual value. */
export function conversation(number: number, over: Partial<ConversationRow> = {}): ConversationRow {
  const accountId = over.accountId ?? accountOf(number);
  return {
    id: accountId,
    kind: "person",
    accountId,
    group: null,
    name: NAMES[(number - 1) % NAMES.length] ?? null,
    isDirectoryName: false,
    lastMessage: null,
    lastActivityAt: NOW - number * 37 * MINUTE,
    unreadCount: 0,
    isMarkedUnread: false,
    notify: "default",
    mute: { kind: "off" },
    draft: "",
    draftQuote: null,
    isPinned: false,
    pinRank: 0,
    isListed: true,
    isRequest: false,
    isApproved: true,
    hasApprovedMe: true,
    picture: null,
    isBlocked: false,
    timer: { kind: "off", seconds: 0 },
    autoDownload: false,
    stagedFiles: 0,
    ...over,
  };
}

/** A message with everything at its usual value. */
export function message(id: string, conversationId: string, line: Line): MessageRow {
  const isOwn = line.own !== undefined;
  return {
    id,
    conversation: conversationId,
    author: isOwn ? OWN : conversationId,
    authorName: null,
    authorPicture: null,
    mentions: [],
    mentionsUs: false,
    isOwn,
    body: { kind: "text", text: line.text, truncated: false },
    sentAt: line.at,
    receivedAt: line.at,
    state: line.own ?? null,
    error: line.own === "failed" ? apiError("refusedByNetwork") : null,
    nextAttemptAt: line.own === "queued" ? line.at + 2 * MINUTE : null,
    mayHaveLeft: isOwn && line.own !== "queued" && line.own !== "failed",
    readAt: line.own === "read" ? line.at + MINUTE : null,
    isUnread: line.unread ?? false,
    quote: null,
    reactions: [],
    disappears: null,
    attachments: [],
    preview: null,
    invitation: null,
  };
}

/** From one message of a long conversation to the next. */
export const LONG_PACE = 7 * MINUTE;

/** The n-th message of a long conversation. Made when it is asked for. */
export function longMessage(conversationId: string, index: number, count: number): MessageRow {
  const at = NOW - (count - index) * LONG_PACE;
  const text = SENTENCES[(index * 7) % SENTENCES.length] ?? "";
  return message(`L${index}`, conversationId, {
    text: `${index + 1}. ${text}`,
    at,
    ...(index % 3 === 0 ? { own: "sent" as const } : {}),
  });
}

/** The small account of the pictures: one conversation with every state, and some others. */
export function smallAccount(): { rows: ConversationRow[]; lines: Map<string, Line[]> } {
  const rows = [
    conversation(1),
    conversation(2, { unreadCount: 3, isPinned: true, pinRank: 1 }),
    conversation(99, { id: OWN, accountId: OWN, kind: "noteToSelf", name: null }),
    conversation(7, { name: null, hasApprovedMe: false }),
    conversation(3),
    conversation(5, { draft: "D’accord pour samedi, mais" }),
    conversation(4, { mute: { kind: "always" } }),
    conversation(8, { name: "Noor with a rather long name that has to be cut at its end" }),
  ];
  const at = (minutes: number): number => NOW - minutes * MINUTE;
  const id = (index: number): string => rows[index]?.id ?? "";
  const lines = new Map<string, Line[]>([
    [
      id(0),
      [
        { text: "Bonjour ! Tu as bien reçu mon identifiant ?", at: at(DAY / MINUTE + 39) },
        { text: "Je t’ai aussi envoyé le plan : https://example.org/jardin/plan-2026", at: at(DAY / MINUTE + 38) },
        { text: "Oui, bien reçu, merci. Je regarde la liste ce soir.", at: at(DAY / MINUTE + 35), own: "read" },
        { text: "Parfait. Tu peux inviter Anne, elle est dans tes contacts.", at: at(28) },
        { text: "C’est fait", at: at(27), own: "read" },
        { text: "🍅🌱", at: at(26) },
        { text: "On se retrouve demain ?", at: at(12), unread: true },
        { text: "Vers 10 h, comme d’habitude.", at: at(11), unread: true },
        { text: "À demain, au marché", at: at(8), own: "sent" },
        { text: "Tu as encore de la place dans le panier ?", at: at(7.9), own: "notSynced" },
        { text: "J’apporte les graines de tomates", at: at(7), own: "queued" },
        { text: "Et le plan du jardin", at: at(6.9), own: "failed" },
        { text: "et la petite bêche", at: at(1), own: "sending" },
      ],
    ],
    [
      id(1),
      [
        { text: "Qui apporte les graines ?", at: at(20), unread: true },
        { text: "Moi, si personne d’autre…", at: at(19), unread: true },
        { text: "Paul : d’accord", at: at(18), unread: true },
      ],
    ],
    [id(2), [{ text: "Liste : piles, bougies", at: at(95), own: "sent" }]],
    [id(3), [{ text: "Votre demande est en attente", at: at(112), own: "sent" }]],
    [id(4), [{ text: "Et le plan du jardin, il est prêt", at: at(203), own: "failed" }]],
    [id(5), [{ text: "Samedi ?", at: at(DAY / MINUTE) }]],
    [id(6), [{ text: "C’est noté.", at: at(DAY / MINUTE + 180) }]],
    [
      id(7),
      [
        {
          text: "See you on Monday, at the usual place, with the usual people, and bring cake",
          at: at((4 * DAY) / MINUTE),
        },
      ],
    ],
  ]);
  return { rows, lines };
}

/** Five hundred conversations; the first has `count` messages. */
export function bigAccount(): ConversationRow[] {
  return Array.from({ length: 500 }, (_, index) =>
    conversation(index + 1, {
      name: index % 9 === 4 ? null : `${NAMES[index % NAMES.length] ?? ""} ${index + 1}`,
      unreadCount: index % 17 === 3 ? index % 5 : 0,
      lastMessage: {
        kind: "text",
        preview: SENTENCES[index % SENTENCES.length] ?? "",
        event: null,
        author: null,
        mentions: [],
        isOwn: index % 2 === 0,
        state: index % 2 === 0 ? "sent" : null,
        error: null,
        sentAt: NOW - index * 37 * MINUTE,
      },
    }),
  );
}
