// Generated from openapi.json by `npm run api`.

export interface paths {
    "/api/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts, by user name. */
        get: operations["list_accounts"];
        put?: never;
        /** Make an account for an official. */
        post: operations["make_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One account. */
        get: operations["read_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{person}/holdings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every post that a person holds, has held or will hold. */
        get: operations["list_holdings"];
        put?: never;
        /** Assign a post. */
        post: operations["assign_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{person}/holdings/{post}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a post now. */
        delete: operations["withdraw_post"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{person}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Lock an account: it cannot sign in, and its sessions end at once. */
        put: operations["lock_account"];
        post?: never;
        /** Unlock an account that an administrator or wrong passwords locked. */
        delete: operations["unlock_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{person}/resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Issue a token with which the person sets a new password once. */
        post: operations["issue_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the alarms that one may see, newest first. */
        get: operations["alarms_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/indicators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts open alarms by level, type and district, and tells how long ended ones were open. */
        get: operations["alarms_indicators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/marks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts the open alarms of some things by level; a thing without one is absent. */
        get: operations["alarms_marks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells everybody of open alarms by level, rule, district and time, without the things. */
        get: operations["alarms_public"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads one alarm: which reading, which limit, which version of the rule. */
        get: operations["alarms_alarm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{id}/acknowledgement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Acknowledges an alarm with an opinion. */
        post: operations["alarms_acknowledge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit trail. */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compute every seal of the trail anew. */
        get: operations["verify_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a photo in: the bytes with their type, or a multipart form with a field `file`. */
        post: operations["keep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A photo. */
        get: operations["show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cases that the reader may know of. */
        get: operations["list"];
        put?: never;
        /** Opens a case. */
        post: operations["open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/caller-history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The earlier cases of a telephone, masked, for a purpose; leaves an audit line that its owner can list. */
        post: operations["caller"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The cases of a list as a workbook (XLSX), at most 5,000; `after` and `limit` are not looked at. Leaves an audit line. */
        get: operations["export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/near": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open cases of the same kind around a place: public, without a person. */
        get: operations["near"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/of-origin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest cases that were opened by a reaction for an alarm or a thing, and that the reader may read. */
        get: operations["of_origin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/similar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Cases of the last seven days like the one that is being told, among those that the reader may list. */
        get: operations["similar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A case, by its id or number. */
        get: operations["read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/contact-reading": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The reporter's contact, unmasked for a purpose; leaves an audit line that the reporter can list. */
        post: operations["reveal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes an exit or does an act. */
        post: operations["decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks for something that somebody else decides: an extension, a return, a suspension, an exclusion. */
        post: operations["request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/requests/{request}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grants or refuses a request. */
        post: operations["answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The units that the function lists name for a case, the best first. */
        get: operations["suggestions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cases/{id}/supporters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Joins a case near a place for having met with the same: it stands among one's own, and one is told when it ends. */
        post: operations["support"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Categories of a procedure. */
        get: operations["categories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/city": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The city: its name, where it lies, and the purposes for which personal data may be read. */
        get: operations["city"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Programs with an API key. */
        get: operations["list_clients"];
        put?: never;
        /** Make a client with its key. */
        post: operations["make_client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clients/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Stop a client's key from working. */
        delete: operations["disable_client"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The demo city's time and accounts; 404 in a real city. */
        get: operations["demo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/geo/at": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a point is, and who answers for it. */
        get: operations["at"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/geo/divisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The divisions directly below one. */
        get: operations["divisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/geo/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Places by any part of their name. */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may do what, as one table. */
        get: operations["show_grants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/knowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the declarations say about a category: words for people, limits with sources, who is in charge. */
        get: operations["knowledge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happens to cases, as it happens: public, no person, no words. */
        get: operations["feed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/settings/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What I have set for my own screens under a name; null when nothing. */
        get: operations["read_setting"];
        /** Set something for my own screens; it follows me to every browser. */
        put: operations["write_setting"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/my/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done to my data, and by whom. */
        get: operations["list_my_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/my/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The reader's own cases, the newest first. */
        get: operations["own"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads one's own inbox: notices to oneself and to the unit one acts for. */
        get: operations["read_inbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads what was sent, or would have been sent, by SMS and e-mail; addresses are masked. */
        get: operations["read_outbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices/{id}/reading": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Marks a notice of one's own inbox as read. */
        post: operations["mark_read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the running pack declares. For the system administrator. */
        get: operations["overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack/calendar/{year}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A year of the working-day calendar. For the system administrator. */
        get: operations["year"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack/functions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is in charge of what, where, as the function lists say. For the system administrator. */
        get: operations["functions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may do what: roles × grants. For the system administrator. */
        get: operations["grants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack/procedures/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A procedure in force, as officials read it. For the system administrator. */
        get: operations["procedure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack/trial/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which units would be suggested for a category at a place, why, and within which limits. For the system
         *     administrator.
         */
        get: operations["dispatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pack/trial/limit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When a limit that begins at a time would end. For the system administrator. */
        get: operations["limit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change one's own password. */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a new password with a reset token. */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/procedures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The procedures in force, with their forms. */
        get: operations["procedures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The numbers of the reader's day. */
        get: operations["queues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/residents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register as a resident, and be signed in. */
        post: operations["register_resident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the rules in force with their numbers, and where these come from. */
        get: operations["alarms_declared"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules/{name}/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tells what a rule, or a draft of it, would have raised over the readings of at most 93 days. */
        post: operations["alarms_replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I, and which posts do I hold? */
        get: operations["read_session"];
        put?: never;
        /** Sign in. */
        post: operations["sign_in"];
        /** Sign out. */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/post": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose the post at which to act. */
        post: operations["choose_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public stations with their newest readings. */
        get: operations["stations_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stations/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One public station. */
        get: operations["stations_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stations/{code}/series/{property}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A public property of a public station over time. */
        get: operations["series_of_station"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the cases opened in a span of days amount to. */
        get: operations["report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/statistics/indicators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The indicators that the pack declares, over the cases opened in a span of days. */
        get: operations["indicators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/statistics/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The numbers of the live page, now or as they were at a moment: public. */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/statistics/live/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The cases behind a number of the live page: public, so without confidential ones, people and their words. */
        get: operations["live_cases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/statistics/live/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each of the last days brought, today not among them: public. */
        get: operations["live_days"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/storms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists storms, newest first, to those who may see every alarm. */
        get: operations["alarms_storms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/thing-map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many things there are by type and how many were heard lately; where public ones and facilities of the city stand.
         *     No thing is named.
         */
        get: operations["thing_map_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/thing-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The types of things, with how many of each the reader may know of. */
        get: operations["things_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The things that the reader may know of. */
        get: operations["things_list"];
        put?: never;
        /** Registers a thing. Its secret is told in the answer and never again. */
        post: operations["things_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One thing. */
        get: operations["things_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes what is known of a thing. */
        patch: operations["things_change"];
        trace?: never;
    };
    "/api/things/{id}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest commands to a thing. */
        get: operations["commands_list"];
        put?: never;
        /** Tells a thing what to do. One that is not connected is told when it comes back in time. */
        post: operations["commands_ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a thing another secret; the old one is worth nothing from now on. */
        post: operations["things_renew"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/series/{property}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A property of a thing over time. */
        get: operations["series_of_thing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Units by name or code, for those who dispatch. Signed-in people only. */
        get: operations["units"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tiles/base/{z}/{x}/{y}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A tile of the base map (Mapbox Vector Tile 2.1, Web Mercator): `land`, `districts`, `streets` from zoom 10,
         *     `cells` from zoom 14, `labels`.
         */
        get: operations["base_tile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tiles/live/{z}/{x}/{y}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A tile of the live layer `cases`: open cases by level and status for whoever may read them; all others, all below
         *     zoom 12, and all of the past, counted by place.
         */
        get: operations["live_tile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A page of accounts. */
        AccountPage: {
            rows: components["schemas"]["ShownAccount"][];
            /** @description What `after` asks for to go on. */
            next?: string | null;
        };
        /**
         * @description Whether an account can be signed in with.
         * @enum {string}
         */
        AccountState: "active" | "locked" | "disabled";
        /** @description What somebody says who acknowledges an alarm. */
        Acknowledgement: {
            /** @description What they make of it, 1 to 500 characters. */
            opinion: string;
        };
        /** @description What is asked for: an exit or an act. */
        Act: {
            /** @description The exit or act. */
            take: string;
            /** @description The task, where several open ones offer it. */
            task?: string | null;
            /**
             * Format: int64
             * @description The version that the actor saw; whatever it is when absent.
             */
            version?: number | null;
            /** @description What was filled in. */
            form?: Record<string, never>;
            /** @description The decision's id, so that the same request sent twice acts once. */
            id?: string | null;
        };
        /** @description What came of a decision. */
        Acted: {
            /** @description The decision. */
            decision: string;
            /** @description The case. */
            case: string;
            /** @description Its number. */
            number: string;
            /**
             * Format: int64
             * @description Its version now.
             */
            version: number;
            /** @description Its public status. */
            status: string;
            /** @description The steps it stands in. */
            steps: string[];
            /** @description Whether it has ended. */
            closed: boolean;
            /** @description How it ended. */
            outcome?: string | null;
            /** @description The request that was asked or decided. */
            request?: string | null;
        };
        /** @description A page of alarms. */
        AlarmPage: {
            /** @description Newest first. */
            rows: components["schemas"]["AlarmView"][];
            /** @description Where the next page begins. */
            next?: string | null;
        };
        /** @description An alarm as it is shown. */
        AlarmView: {
            /**
             * Format: uuid
             * @description The alarm.
             */
            id: string;
            /** @description The rule. */
            rule: string;
            /** @description The rule's title. */
            rule_title: string;
            /** @description The system that declares the rule. */
            system: string;
            /** @description 一般, 紧急 or 重大. */
            level: string;
            /**
             * Format: uuid
             * @description The thing.
             */
            thing: string;
            /** @description The thing's name when the alarm was raised. */
            thing_name: string;
            /** @description Its type. */
            thing_type: string;
            /** @description The unit that answers for it. */
            unit?: string | null;
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat?: number | null;
            /** @description The smallest known division of its place. */
            division?: string | null;
            /** @description `raised`, `acknowledged` or `cleared`. */
            state: string;
            /** @description Whether it has not ended. */
            open: boolean;
            /**
             * Format: date-time
             * @description When what it is about began.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When it was raised.
             */
            raised_at: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            cleared_at?: string | null;
            /** @description Why it was raised: reading, limit, version, and one sentence. */
            explanation: components["schemas"]["Explanation"];
            cleared_explanation?: components["schemas"]["Explanation"] | null;
            /**
             * Format: uuid
             * @description The storm it belongs to.
             */
            storm?: string | null;
            /**
             * Format: date-time
             * @description When somebody acknowledged it.
             */
            acknowledged_at?: string | null;
            /**
             * Format: uuid
             * @description Who.
             */
            acknowledged_by?: string | null;
            /** @description What they made of it. */
            opinion?: string | null;
        };
        /** @description The newest seal; noted elsewhere, it proves later that nothing before it was cut off. */
        AuditHead: {
            /**
             * Format: int64
             * @description How many lines are sealed.
             */
            number: number;
            /** @description The seal, in hexadecimal digits. */
            hash: string;
        };
        /** @description What verifying the trail found. */
        AuditVerified: {
            /**
             * Format: int64
             * @description Lines whose seals fit.
             */
            sealed: number;
            /**
             * Format: int64
             * @description Lines that wait for their seal.
             */
            waiting: number;
            /**
             * Format: int64
             * @description The number of the first seal that does not fit.
             */
            broken_at?: number | null;
            head?: components["schemas"]["AuditHead"] | null;
        };
        /** @description A call-back. */
        CallBackView: {
            /** @description 是否联系. */
            contacted?: boolean | null;
            /** @description 是否解决. */
            solved?: boolean | null;
            /** @description 是否满意. */
            satisfied?: boolean | null;
            /** @description The reporter could not be reached. */
            unreachable: boolean;
            /** @description A remark, for officials. */
            remark?: string | null;
            /** @description When. */
            at: string;
        };
        /** @description What is known of a caller. */
        CallerHistory: {
            /** @description The telephone, masked. */
            phone: string;
            /** @description The name given last, masked. */
            name?: string | null;
            /** @description The earlier cases, the newest first, at most 20. */
            rows: components["schemas"]["ListRow"][];
            /** @description Of them: those that go on. */
            open: number;
        };
        /** @description Whose earlier cases are asked for. */
        CallerQuestion: {
            /** @description The telephone, as dialled. */
            phone: string;
            /** @description For what: a purpose that the pack declares. */
            purpose: string;
        };
        /** @description A card. */
        CardView: {
            /** @description Its number. */
            number: string;
            /** @description `yellow` or `red`. */
            colour: string;
            /** @description The clock, or the step for a stage limit. */
            clock: string;
            /** @description When. */
            at: string;
        };
        /** @description A case. */
        CaseView: {
            /** @description Its id. */
            id: string;
            /** @description Its number. */
            number: string;
            /** @description Its procedure. */
            procedure: components["schemas"]["ProcedureTitle"];
            /** @description The system of the procedure. */
            system: string;
            /** @description What it is about. */
            category: components["schemas"]["CategoryPath"];
            /** @description Its level. */
            level: string;
            /** @description Its kind. */
            kind?: string | null;
            /** @description How it came in. */
            channel?: string | null;
            /** @description One line. */
            title: string;
            /** @description In full. */
            text: string;
            /** @description The form with which it was opened. */
            form: Record<string, never>;
            /** @description The photos with which it was opened. */
            photos: string[];
            place?: components["schemas"]["PlaceView"] | null;
            /** @description The public status. */
            status: string;
            /** @description The steps it stands in. */
            steps: components["schemas"]["StepView"][];
            lead_unit?: components["schemas"]["Named"] | null;
            /** @description The units beside it (协办). */
            co_units: components["schemas"]["Named"][];
            intake_unit?: components["schemas"]["Named"] | null;
            /** @description The unit in charge may not return it. */
            designated: boolean;
            reporter?: components["schemas"]["ReporterView"] | null;
            /** @description When it was opened. */
            opened_at: string;
            /** @description When it was first given to a unit. */
            dispatched_at?: string | null;
            /** @description When the reporter was first contacted. */
            contacted_at?: string | null;
            /** @description When it was last answered. */
            resolved_at?: string | null;
            /** @description When it was closed. */
            closed_at?: string | null;
            /** @description How it ended. */
            outcome?: string | null;
            /**
             * Format: int64
             * @description How often it has changed.
             */
            version: number;
            /** @description Whether it is past its due time, or was closed past it. */
            overdue: boolean;
            /** @description When it is due. */
            due_at?: string | null;
            /** @description Its clocks. */
            clocks: components["schemas"]["ClockView"][];
            /** @description Its cards; for officials. */
            cards: components["schemas"]["CardView"][];
            /** @description Its supervisions; for officials. */
            supervisions: components["schemas"]["SupervisionView"][];
            /** @description What was asked for; for officials. */
            requests: components["schemas"]["RequestView"][];
            /** @description Its call-backs. */
            callbacks: components["schemas"]["CallBackView"][];
            rating?: components["schemas"]["RatingView"] | null;
            /** @description Its exclusions; for officials. */
            exclusions: components["schemas"]["ExclusionView"][];
            resolution?: components["schemas"]["ResolutionView"] | null;
            /** @description The cases it is linked with. */
            links: components["schemas"]["LinkView"][];
            /** @description What happened, in order. */
            timeline: components["schemas"]["TimelineView"][];
            /** @description How many residents have met with the same, beside the reporter. */
            supporters: number;
            /** @description The reader is one of them: the reporter's own words and photos are left out. */
            supported: boolean;
            /** @description What the reader may do now. */
            offers: Record<string, never>[];
            /** @description Made up, for a demo or a test. */
            synthetic: boolean;
            source?: components["schemas"]["SourceView"] | null;
        };
        /** @description Categories to choose from. */
        Categories: {
            /** @description At most 50. */
            categories: components["schemas"]["CategoryEntry"][];
        };
        /** @description A category to choose. */
        CategoryEntry: {
            /** @description Its code. */
            code: string;
            /** @description Its name. */
            name: string;
            /** @description The names above it, from the top. */
            path: string[];
            /** @description Whether nothing stands below it. */
            leaf: boolean;
            /** @description `component` or `matter`, where the standard tells them apart. */
            kind?: string | null;
            /** @description The standard it stands in. */
            standard: string;
        };
        /** @description A category with the way from the top of its table. */
        CategoryPath: {
            /** @description Its code. */
            code: string;
            /** @description Its name. */
            name: string;
            /** @description The names from the top, its own last. */
            path: string[];
        };
        /** @description What is changed of a thing; what is absent stays. */
        ChangeBody: {
            /**
             * Format: int64
             * @description The version that was read.
             */
            version: number;
            /** @description Its name. */
            name?: string | null;
            /** @description The unit that answers for it. */
            unit?: string | null;
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat?: number | null;
            /** @description The same in words. */
            address?: string | null;
            /** @description The division in which it stands. */
            division?: string | null;
            state?: components["schemas"]["ThingState"] | null;
            /** @description What else is known of it. */
            attributes?: Record<string, never> | null;
        };
        /**
         * @description The ways a notice goes.
         * @enum {string}
         */
        Channel: "in-app" | "sms" | "email";
        ChosenPost: {
            /** @description The code of a post that is held; null to act for oneself. */
            post?: string | null;
        };
        /** @description The city. */
        CityView: {
            /** @description Kebab-case name of the pack. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description Shown in English. */
            title_en?: string | null;
            /** @description Division code, 6 digits. */
            division?: string | null;
            /** @description Where the map opens: longitude and latitude in CGCS2000 degrees. */
            centre: number[];
            /** @description West, south, east and north in CGCS2000 degrees. */
            bounds: number[];
            /** @description The word that marks what is made up. */
            synthetic_mark?: string | null;
            /** @description The purposes for which personal data may be read. */
            purposes: components["schemas"]["PurposeView"][];
            /** @description What residents find on their first page, in the city's order. */
            shortcuts: components["schemas"]["ShortcutView"][];
        };
        /** @description Ended alarms of a level. */
        ClearedView: {
            /** @description 一般, 紧急 or 重大. */
            level: string;
            /**
             * Format: int64
             * @description How many.
             */
            alarms: number;
            /**
             * Format: int64
             * @description The mean time they were open, in seconds.
             */
            mean_open_seconds: number;
        };
        /** @description A client as an administrator sees it; its key is known to nobody but its owner. */
        Client: {
            /** @description Unique; part of what it does in the records. */
            name: string;
            /** @description Shown. */
            title: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its key stopped working.
             */
            disabled_at?: string | null;
        };
        /** @description A clock of a case. */
        ClockView: {
            /** @description Which. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description `running`, `paused` or `ended`. */
            state: string;
            /** @description Its whole limit, for example `5 工作日`. */
            limit: string;
            /** @description Where the limit comes from. */
            source: string;
            /** @description When it started. */
            started_at: string;
            /** @description When it ends. */
            due_at: string;
            /** @description Holidays that are not announced yet may move the end. */
            provisional: boolean;
            /**
             * Format: int64
             * @description Seconds until the end while it runs, negative past it.
             */
            left_seconds?: number | null;
            /** @description When the yellow card was given. */
            warned_at?: string | null;
            /** @description When the red card was given. */
            overdue_at?: string | null;
            /** @description When it ended. */
            ended_at?: string | null;
            /** @description By how much it was extended, each time. */
            extensions: string[];
        };
        /** @description A code table. */
        CodeTableView: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The standard it gives, or `demo`. */
            standard: string;
            /** @description Whether every code of the standard is there. */
            complete: boolean;
            /** @description What is missing, or how it was made. */
            note: string;
            /** @description Its rows. */
            rows: number;
            /** @description The file to edit. */
            file: string;
        };
        /** @description A command that is asked for. */
        CommandBody: {
            /** @description Its name in the thing's type. */
            name: string;
        };
        /** @description A command that a thing can be told. */
        CommandOffer: {
            /** @description Its name. */
            name: string;
            /** @description Shown on its button. */
            title: string;
        };
        /**
         * @description How far a command is.
         * @enum {string}
         */
        CommandState: "waiting" | "sent" | "done" | "failed" | "expired";
        /** @description A command and how far it is. */
        CommandTold: {
            /** @description Its id. */
            id: string;
            /** @description Its name in the thing's type. */
            name: string;
            /** @description Its title there. */
            title: string;
            /** @description How far it is. */
            state: components["schemas"]["CommandState"];
            /** @description When it was asked, RFC 3339. */
            asked_at: string;
            /** @description When it was handed to the thing. */
            sent_at?: string | null;
            /** @description When it ended. */
            ended_at?: string | null;
            /** @description What the thing said of it. */
            result?: Record<string, never> | null;
        };
        /** @description The contact that a reporter left, unmasked: never answered but with a purpose and an audit line. */
        Contact: {
            /** @description The name. */
            name?: string | null;
            /** @description The telephone number. */
            phone?: string | null;
        };
        /** @description For what the contact is read. */
        ContactReading: {
            /** @description A purpose that the pack declares. */
            purpose: string;
        };
        /** @description What one day brought. */
        DayBrought: {
            /** @description The day in the city's zone. */
            day: string;
            /**
             * Format: int64
             * @description Cases opened on it.
             */
            opened: number;
            /**
             * Format: int64
             * @description Cases closed on it that have stayed so.
             */
            closed: number;
            /** @description Closed by their due time, of those closed that had one. */
            on_time: components["schemas"]["Rate"];
        };
        /** @description A reading in an explanation. */
        DecisiveReading: {
            /** @description Its property. */
            property: string;
            /** @description The property's title. */
            title: string;
            /**
             * Format: double
             * @description The value.
             */
            value: number;
            /** @description Its unit. */
            unit: string;
            /**
             * Format: date-time
             * @description When it was taken.
             */
            at: string;
        };
        /**
         * @description How far a delivery is.
         * @enum {string}
         */
        DeliveryState: "waiting" | "accepted" | "no-address" | "over-quota" | "failed";
        /** @description An account offered on the sign-in page of the demo city. */
        DemoAccount: {
            /** @description User name. */
            user: string;
            /** @description Password; the same for all. */
            password: string;
            /** @description The person's name. */
            name: string;
            /** @description `resident` or `official`. */
            kind: string;
            /** @description The post's title. */
            title?: string | null;
            /** @description The unit's name. */
            unit_name?: string | null;
            /** @description The titles of the post's roles. */
            roles: string[];
        };
        /** @description The demo city's time and accounts. */
        DemoView: {
            /** @description The city's time, RFC 3339. */
            now: string;
            /**
             * Format: double
             * @description How much faster than the machine's clock it runs.
             */
            speed: number;
            /** @description Accounts that can play every part. */
            accounts: components["schemas"]["DemoAccount"][];
        };
        /** @description The live numbers of one district. */
        DistrictNumbers: {
            /** @description Six digits. */
            division: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Cases that go on.
             */
            open: number;
            /**
             * Format: int64
             * @description Of these: past their due time.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Cases opened since midnight.
             */
            opened_today: number;
            /**
             * Format: int64
             * @description Cases closed since midnight.
             */
            closed_today: number;
            /** @description Closed today by their due time, of those closed today that had one. */
            on_time_today: components["schemas"]["Rate"];
        };
        /** @description When something is due. */
        DueView: {
            /** @description RFC 3339, UTC. */
            at: string;
            /** @description Holidays that are not announced yet may move it. */
            provisional: boolean;
        };
        /** @description An exclusion from the rates. */
        ExclusionView: {
            /** @description The ground. */
            ground: string;
            /** @description When. */
            at: string;
        };
        /** @description A way out of a step, before there is a case. */
        ExitEntry: {
            /** @description Its name. */
            name: string;
            /** @description On the button. */
            title: string;
            /** @description The titles of the steps it leads to. */
            to: string[];
            /** @description The JSON Schema of what has to be filled in. */
            form?: Record<string, never> | null;
            /** @description Whether the case ends with it. */
            closes: boolean;
        };
        /** @description Why something was decided. */
        Explanation: {
            /** @description One sentence, for people. */
            text: string;
            /** @description The rule. */
            rule: string;
            /** @description The rule's title. */
            rule_title: string;
            /** @description The day from which this version of the rule holds. */
            rule_version: string;
            /** @description What it tests: `above`, `below`, `rises`, `falls`, `missing` or `when`. */
            test: string;
            /** @description The condition, of `when`. */
            condition?: string | null;
            /** @description The readings that were decisive; the one it is about first. Of silence, the last one, if there was any. */
            readings: components["schemas"]["DecisiveReading"][];
            /** @description The numbers that it was held against; the limit first. */
            limits: components["schemas"]["LimitTold"][];
            /**
             * Format: date-time
             * @description Since when it has lasted.
             */
            since: string;
            /**
             * Format: date-time
             * @description When it was decided.
             */
            at: string;
        };
        /** @description What is wrong with one field of a request. */
        FieldProblem: {
            /** @description The path of the field in the body, such as `place.lon`. */
            name: string;
            /** @description The sentence for the actor. */
            detail: string;
        };
        /** @description The figures of the usable readings of a minute, an hour or a day. */
        FiguresTold: {
            /** @description Where it begins, RFC 3339. */
            at: string;
            /**
             * Format: int64
             * @description Usable readings in it.
             */
            count: number;
            /**
             * Format: double
             * @description Their mean; none without one.
             */
            mean?: number | null;
            /**
             * Format: double
             * @description The smallest.
             */
            min?: number | null;
            /**
             * Format: double
             * @description The largest.
             */
            max?: number | null;
            /**
             * Format: int64
             * @description Readings that were set aside, since the thing itself did not trust them.
             */
            set_aside: number;
        };
        /** @description A place found by its name. */
        Found: {
            name: string;
            kind: string;
            /** Format: double */
            lon: number;
            /** Format: double */
            lat: number;
            /** @description The smallest division that holds it. */
            division?: string | null;
            /** @description Names of the divisions that hold it, the largest first, for telling apart places of one name. */
            within: string;
        };
        /** @description A row of a function list. */
        FunctionView: {
            /** @description Code table. */
            table: string;
            /** @description Category or prefix; empty for everything. */
            category: string;
            /** @description Its name. */
            category_name?: string | null;
            /** @description The unit, or which kind of unit. */
            unit: string;
            /** @description Only for this place. */
            area?: string | null;
            /** @description Only for this level. */
            level?: string | null;
            /**
             * Format: int32
             * @description Lower goes first.
             */
            rank: number;
            /** @description The document. */
            basis: string;
            /** @description In force from this day. */
            valid_from: string;
            /** @description Last day in force. */
            valid_to?: string | null;
            /** @description The file to edit. */
            file: string;
            /** @description The line. */
            line: number;
        };
        /** @description Rows of the function lists. */
        FunctionsView: {
            /** @description At most 100, in the order of the files. */
            rows: components["schemas"]["FunctionView"][];
            /** @description How many there are. */
            found: number;
        };
        /** @description A time in which nothing was said. */
        GapTold: {
            /** @description The last reading before it, RFC 3339. */
            from: string;
            /** @description The first one after it, or the end of what was asked for. */
            to: string;
        };
        /** @description A place as it was given. */
        GivenPlace: {
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat?: number | null;
            /** @description In words. */
            address?: string | null;
        };
        /** @description A grant. */
        GrantView: {
            /** @description The role. */
            role: string;
            /** @description The actions. */
            actions: string[];
            /** @description What kind of thing. */
            resource: string;
            /** @description `own`, `unit`, `below`, `area` or `any`. */
            relation: string;
            /** @description Only these procedures, by their titles; all when empty. */
            procedures: string[];
            /** @description Only for these purposes, by their titles; none needed when empty. */
            purposes: string[];
            /** @description The condition, as declared. */
            condition?: string | null;
            /** @description The file to edit. */
            file: string;
            /** @description The line. */
            line: number;
        };
        /** @description Who may do what. */
        GrantsView: {
            /** @description The roles, in the order of the files. */
            roles: components["schemas"]["RoleView"][];
            /** @description The grants, in the order of the files. */
            grants: components["schemas"]["GrantView"][];
        };
        /** @description A page of an inbox. */
        Inbox: {
            /** @description Newest first. */
            rows: components["schemas"]["InboxItem"][];
            /**
             * Format: int64
             * @description How many of the newest are not read.
             */
            unread: number;
            /** @description Where the next page begins. */
            next?: string | null;
        };
        /** @description A row of somebody's inbox. */
        InboxItem: {
            /**
             * Format: uuid
             * @description The notice.
             */
            id: string;
            /** @description One line. */
            subject: string;
            /** @description The text. */
            text: string;
            /**
             * Format: uuid
             * @description The case it is about.
             */
            case_id?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            made_at: string;
            /**
             * Format: date-time
             * @description When this person read it.
             */
            read_at?: string | null;
        };
        /** @description A declared indicator with its count. */
        IndicatorNumbers: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The procedure whose cases are counted. */
            procedure: string;
            /**
             * Format: int64
             * @description Cases counted above the line.
             */
            numerator: number;
            /**
             * Format: int64
             * @description Cases counted below the line.
             */
            denominator: number;
            /**
             * Format: double
             * @description The one by the other.
             */
            rate?: number | null;
            /** @description For example `%`. */
            unit: string;
            /** @description For example `month`. */
            period: string;
            /** @description Where the formula comes from. */
            source: string;
            /** @description `unverified` when that could not be seen: a proposal only. */
            status?: string | null;
            /** @description Whether the span held more cases than are counted. */
            cut: boolean;
        };
        /** @description A figure that is calculated from the newest readings of a thing. */
        IndicatorTold: {
            /** @description Its name in the type. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description Shown in English. */
            title_en?: string | null;
            /**
             * Format: double
             * @description The number; none where it cannot be given.
             */
            value?: number | null;
            /** @description The same as a word. */
            word?: string | null;
            /** @description The colour that the standard gives to it. */
            colour?: string | null;
            /** @description What else has to be said. */
            detail?: string | null;
            /** @description Inputs that were not there or too old. */
            missing: string[];
            /** @description The standard and its edition; why there is no number, where there is none. */
            basis: string;
            /** @description The time of its oldest input, RFC 3339. */
            at?: string | null;
        };
        /** @description How alarms stand, as far as the actor may see them. */
        Indicators: {
            /** @description Open alarms by level, type and district. */
            open: components["schemas"]["OpenView"][];
            /** @description Ended alarms of the last 30 days by level, with the mean time they were open. */
            cleared: components["schemas"]["ClearedView"][];
            /**
             * Format: date-time
             * @description From when on ended ones are counted.
             */
            since: string;
        };
        /** @description A reset token; it is told once, here. */
        IssuedReset: {
            token: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** @description What came of joining a case. */
        Joined: {
            /** @description The case. */
            case: string;
            /** @description Its number. */
            number: string;
            /** @description Its public status. */
            status: string;
            /** @description How many residents have met with the same, beside the reporter. */
            supporters: number;
        };
        /** @description A line as it is kept. */
        KeptLine: {
            /**
             * Format: uuid
             * @description Its id; later lines have greater ones.
             */
            id: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who, as [`Actor::reference`] tells it. */
            actor: string;
            /** @description The unit of an official. */
            unit?: string | null;
            /** @description What was done. */
            act: string;
            /** @description What kind of thing it was done to. */
            kind: string;
            /** @description Which thing. */
            subject: string;
            /**
             * Format: uuid
             * @description Whose data it concerned.
             */
            concerned?: string | null;
            /** @description For which purpose. */
            purpose?: string | null;
            /** @description `done` or `refused`. */
            outcome: string;
            /** @description More about it, a JSON document as text. */
            detail: string;
        };
        /** @description A photo that was taken in. */
        KeptPhoto: {
            /** @description By this id forms name it. */
            id: string;
            /** @description Its type. */
            media_type: string;
            /**
             * Format: int64
             * @description Its bytes, counted after what told who took it was removed.
             */
            length: number;
        };
        /** @description What the declarations say. */
        Knowledge: {
            /** @description The system. */
            system: string;
            /** @description Shown. */
            system_title: string;
            /** @description One paragraph about it. */
            about: string;
            /** @description Whether its values are made up. */
            demo: boolean;
            /** @description Its words for people, Markdown. */
            texts?: string | null;
            category?: components["schemas"]["CategoryPath"] | null;
            /** @description The standard that it stands in. */
            standard?: string | null;
            /** @description Words by which it is found. */
            keywords: string[];
            /** @description The limits that hold for it today. */
            limits: components["schemas"]["KnownLimit"][];
            /** @description Who is in charge of it at the place, the best first. */
            in_charge: components["schemas"]["SuggestionView"][];
        };
        /** @description A limit as it holds for a category and level today. */
        KnownLimit: {
            /** @description Its key in `limits.csv`. */
            key: string;
            /** @description What it limits: a clock or a step. */
            title: string;
            /** @description How long. */
            limit: string;
            /** @description The document it comes from. */
            source: string;
            /** @description When it would end if it began now. */
            due_at: string;
            /** @description Holidays that are not announced yet may move that. */
            provisional: boolean;
        };
        /** @description A property of a thing and its newest reading. */
        LatestTold: {
            /** @description Its name in the pack. */
            property: string;
            /** @description Shown. */
            title: string;
            /** @description Shown in English. */
            title_en?: string | null;
            /** @description The unit. */
            unit: string;
            /**
             * Format: int32
             * @description Decimals that are shown.
             */
            decimals: number;
            reading?: components["schemas"]["ReadingTold"] | null;
            /** @description Whether it is older than its type allows; then it tells how it was, not how it is. */
            stale: boolean;
        };
        /** @description The open cases of one level. */
        LevelNumbers: {
            /** @description The level. */
            level: string;
            /**
             * Format: int64
             * @description Cases that go on.
             */
            open: number;
        };
        /** @description A number of a rule in an explanation. */
        LimitTold: {
            /** @description Its key in `parameters.csv`. */
            key: string;
            /**
             * Format: double
             * @description The number.
             */
            value: number;
            /** @description Its unit. */
            unit: string;
            /** @description The document it comes from. */
            source: string;
            /** @description `demo`, `trial` or `in-force`. */
            status: string;
            /** @description The day from which it holds. */
            valid_from: string;
            /** @description The division or zone for which it holds; absent everywhere. */
            area?: string | null;
        };
        /** @description When a limit would end. */
        LimitTried: {
            /** @description How long it is. */
            limit: string;
            /** @description The document it comes from, and for what it was chosen. */
            source: string;
            /** @description When it begins. */
            start: string;
            /** @description When it ends. */
            due_at: string;
            /** @description Holidays that are not announced yet may move that. */
            provisional: boolean;
        };
        /** @description A linked case. */
        LinkView: {
            /** @description `sub`, `converted`, `follow-on` or `merged`. */
            kind: string;
            /** @description `to` when the link was made in this case, `from` when in the other. */
            direction: string;
            /** @description The other. */
            id: string;
            /** @description Its number. */
            number: string;
            /** @description Its procedure. */
            procedure: string;
            /** @description Its one line. */
            title: string;
            /** @description Its public status. */
            status: string;
            /** @description Whether it has ended. */
            closed: boolean;
        };
        /** @description A case on a page. */
        ListRow: {
            /** @description The case. */
            id: string;
            /** @description Its number. */
            number: string;
            /** @description One line. */
            title: string;
            /** @description Its procedure. */
            procedure: string;
            /** @description What it is about. */
            category: components["schemas"]["Named"];
            /** @description Its level. */
            level?: string | null;
            /** @description Its public status. */
            status: string;
            /** @description The step of its task on this page, else the first it stands in. */
            step?: string | null;
            /** @description Shown. */
            step_title?: string | null;
            /** @description Its task on this page. */
            task?: string | null;
            lead_unit?: components["schemas"]["Named"] | null;
            /** @description The division of its place. */
            division?: string | null;
            place?: components["schemas"]["PlacePoint"] | null;
            /** @description When it was opened. */
            opened_at: string;
            /** @description When it, or its task on this page, is due. */
            due_at?: string | null;
            /** @description Holidays that are not announced yet may move that. */
            provisional: boolean;
            /** @description Past its due time, or closed past it. */
            overdue: boolean;
            /**
             * Format: int64
             * @description Seconds until it is due, negative past it.
             */
            left_seconds?: number | null;
            /** @description When it was closed. */
            closed_at?: string | null;
            /** @description Another's case, which the reader has joined for having met with the same. */
            supported: boolean;
            /** @description Words around what was looked for; not told yet by any list. */
            excerpt?: string | null;
            /** @description Whether it is supervised (督办). */
            supervised: boolean;
            /** @description `yellow` or `red`, while it goes on: the worst card of its clocks. */
            card?: string | null;
            request?: components["schemas"]["WaitingRequestView"] | null;
        };
        /** @description A division in a list. */
        Listed: {
            code: string;
            name: string;
            kind: string;
            /**
             * Format: double
             * @description Where its name stands on the map.
             */
            lon?: number | null;
            /** Format: double */
            lat?: number | null;
            /** @description How many divisions there are directly below it. */
            parts: number;
            /** @description Whether its ground is made up rather than surveyed. */
            synthetic: boolean;
        };
        /** @description A case as everybody may know of it. */
        LiveCase: {
            /** @description Its number. */
            number: string;
            /** @description Its procedure. */
            procedure: string;
            /** @description What it is about. */
            category: components["schemas"]["Named"];
            /** @description Its level then; empty where its procedure has none. */
            level: string;
            /** @description Its public status then. */
            status: string;
            /** @description The street or district of its place, at most nine digits. */
            division?: string | null;
            /** @description Whether it was supervised by then. */
            supervised: boolean;
            /** @description Whether it was past its due time then, or was closed past it. */
            overdue: boolean;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            opened_at: string;
            /**
             * Format: date-time
             * @description When it was due, as known then.
             */
            due_at?: string | null;
            /**
             * Format: date-time
             * @description When it was closed.
             */
            closed_at?: string | null;
        };
        /** @description The cases behind a number: no person, no words, none that is confidential. */
        LiveCases: {
            /**
             * Format: date-time
             * @description The moment they are of.
             */
            now: string;
            /**
             * Format: int64
             * @description How many there are, with those that are not listed.
             */
            total: number;
            /** @description The first of them. */
            rows: components["schemas"]["LiveCase"][];
        };
        /** @description One message of the public feed. */
        LiveMessage: {
            /** @description What took place, for example `cases.opened`. */
            kind: string;
            /**
             * Format: date-time
             * @description When.
             */
            time: string;
            /** @description The number of the case. */
            number?: string | null;
            /** @description Its procedure. */
            procedure?: string | null;
            /** @description Its public status. */
            status?: string | null;
            /** @description Its level. */
            level?: string | null;
            /** @description The street or district of its place, at most nine digits: a community would tell a reporter's home. */
            division?: string | null;
            /** @description Its category. */
            category?: string | null;
        };
        /** @description The numbers of the live page. */
        LiveNumbers: {
            /**
             * Format: date-time
             * @description The moment they are of.
             */
            now: string;
            /** @description Whether there are records of that moment; without, the numbers say nothing. */
            recorded: boolean;
            /**
             * Format: int64
             * @description Cases that go on.
             */
            open: number;
            /**
             * Format: int64
             * @description Cases opened since midnight.
             */
            opened_today: number;
            /**
             * Format: int64
             * @description Cases closed since midnight.
             */
            closed_today: number;
            /**
             * Format: int64
             * @description Open cases past their due time.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Open cases that nobody has taken in or dispatched yet.
             */
            waiting: number;
            /**
             * Format: int64
             * @description Open cases that are supervised.
             */
            supervised: number;
            /** @description Closed today by their due time, of those closed today that had one. */
            on_time_today: components["schemas"]["Rate"];
            /** @description The open cases by level, as the levels were declared. */
            by_level: components["schemas"]["LevelNumbers"][];
            /** @description The same by district, in the order of their codes. */
            by_district: components["schemas"]["DistrictNumbers"][];
            /** @description Cases opened in each hour since midnight. */
            by_hour: number[];
        };
        /** @description A fresh account; the password is told once, here. */
        MadeAccount: {
            /** Format: uuid */
            person: string;
            user: string;
            /** @description Must be changed at the first sign-in. */
            password: string;
        };
        /** @description A fresh client; the key is told once, here. */
        MadeClient: {
            name: string;
            key: string;
        };
        /** @description An average and what it is of. */
        Mean: {
            /**
             * Format: int64
             * @description The sum over all.
             */
            sum: number;
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /**
             * Format: double
             * @description The one by the other in four decimals; nothing when there was nothing to count.
             */
            mean?: number | null;
            /** @description Why there is no mean, when the records cannot give it. */
            note?: string | null;
        };
        /** @description What was refused or flagged of a thing on a day. */
        MishapTold: {
            /** @description Its name, for example `clock-ahead`. */
            code: string;
            /** @description The day. */
            day: string;
            /**
             * Format: int64
             * @description How often.
             */
            count: number;
            /** @description When it last happened, RFC 3339. */
            last_at: string;
            /** @description What was wrong then. */
            detail: string;
        };
        /** @description What somebody did to the data of the one who asks. */
        MyLine: {
            /** Format: date-time */
            at: string;
            /** @description What was done. */
            act: string;
            /** @description What kind of thing it was done to, such as `case`. */
            kind: string;
            /** @description Which. */
            subject: string;
            /** @description The unit and post of the official, or what else it was; never an official's name. */
            by: string;
            /** @description The purpose that was given, in words. */
            purpose?: string | null;
            /** @description `done` or `refused`. */
            outcome: string;
        };
        /** @description A page of what was done to one's own data, newest first. */
        MyTrail: {
            rows: components["schemas"]["MyLine"][];
            /** @description What `after` asks for to go on. */
            next?: string | null;
        };
        /** @description A thing with a code and a name. */
        Named: {
            /** @description Its code. */
            code: string;
            /** @description Its name; the code where the pack does not know it any more. */
            name: string;
        };
        /** @description A possible duplicate: no person, no words but its title. */
        NearCase: {
            /** @description The case. */
            id: string;
            /** @description Its number. */
            number: string;
            /** @description One line. */
            title: string;
            /** @description Its public status. */
            status: string;
            /** @description What it is about. */
            category: components["schemas"]["Named"];
            /**
             * Format: int64
             * @description How long ago it was opened.
             */
            age_seconds: number;
            /**
             * Format: int64
             * @description How far it is.
             */
            metres: number;
            /** @description Always nothing: a photo may show a person. */
            photo?: string | null;
            /** @description How many residents have met with the same, beside its reporter. */
            supporters: number;
            /** @description Whether the reader can join it for having met with the same; who is not signed in has to do so first. */
            can_support: boolean;
            /** @description Whether the reader reported or joined it. */
            mine: boolean;
        };
        /** @description Possible duplicates. */
        NearCases: {
            /** @description The nearest first. */
            cases: components["schemas"]["NearCase"][];
        };
        NewAccount: {
            /** @description The user name. */
            user: string;
            /** @description The person's name. */
            name: string;
            /** @description The telephone. */
            phone?: string | null;
        };
        NewClient: {
            /** @description Unique: lower-case letters, digits and `-`. */
            name: string;
            /** @description Shown: who it is and what for. */
            title: string;
        };
        NewHolding: {
            /** @description The code of the post. */
            post: string;
            /**
             * Format: date-time
             * @description From when; now when it is left out.
             */
            from?: string | null;
            /**
             * Format: date-time
             * @description Until when; for good when it is left out.
             */
            to?: string | null;
        };
        NewResident: {
            /** @description The wished user name: 3 to 64 lower-case letters, digits or `. - _ @`. */
            user: string;
            /** @description The wished password. */
            password: string;
            /** @description The person's name. */
            name: string;
            /** @description The telephone, on which notices can reach the person. */
            phone?: string | null;
        };
        /** @description A document to keep. */
        NewSetting: {
            /** @description The document, at most 16 KiB as JSON; null forgets what was set. */
            value: Record<string, never> | null;
        };
        /** @description A new thing. */
        NewThingBody: {
            /** @description The code that stands on it. */
            code: string;
            /** @description Its type. */
            kind: string;
            /** @description Shown; the code when empty. */
            name?: string;
            /** @description The unit that answers for it. */
            unit?: string | null;
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat?: number | null;
            /** @description The same in words. */
            address?: string | null;
            /** @description The division in which it stands. */
            division?: string | null;
            /** @description What else is known of it. */
            attributes?: Record<string, never>;
            /** @description The secret that it has already; one is made when absent. */
            secret?: string | null;
        };
        /** @description What is asked for: a new case. */
        OpenCase: {
            /** @description Its procedure. */
            procedure: string;
            /** @description What it is about, a code of the procedure's table. */
            category: string;
            /** @description How urgent; the procedure's mildest level when absent. */
            level?: string | null;
            /** @description What kind of request. */
            kind?: string | null;
            /** @description How it came in. */
            channel?: string | null;
            /** @description One line. */
            title: string;
            /** @description In full. */
            text?: string;
            place?: components["schemas"]["GivenPlace"] | null;
            /** @description The intake form. */
            form?: Record<string, never>;
            contact?: components["schemas"]["Contact"] | null;
            /** @description Keep the reporter secret (保密). */
            confidential?: boolean;
            /** @description The case's id, so that the same request sent twice opens one case. */
            id?: string | null;
        };
        /** @description Open alarms that are alike. */
        OpenView: {
            /** @description 一般, 紧急 or 重大. */
            level: string;
            /** @description The type of the things. */
            thing_type: string;
            /** @description The county-level division. */
            district?: string | null;
            /** @description Whether somebody has acknowledged them. */
            acknowledged: boolean;
            /**
             * Format: int64
             * @description How many.
             */
            alarms: number;
        };
        /** @description A case that was opened for an origin. */
        OriginCase: {
            /** @description Its id. */
            id: string;
            /** @description Its number. */
            number: string;
            /** @description One line. */
            title: string;
            /** @description Its public status. */
            status: string;
            /** @description Whether it is open. */
            open: boolean;
            /** @description When it was opened, RFC 3339. */
            opened_at: string;
        };
        /** @description A page of the outbox. */
        Outbox: {
            /** @description Newest first. */
            rows: components["schemas"]["OutboxItem"][];
            /** @description Where the next page begins. */
            next?: string | null;
        };
        /** @description A row of the outbox: what was sent, or would have been. */
        OutboxItem: {
            /**
             * Format: uuid
             * @description The notice.
             */
            notice: string;
            /** @description How it goes. */
            channel: components["schemas"]["Channel"];
            /** @description The template it was rendered from. */
            template: string;
            /** @description `person`, `unit` or `contact`. */
            to_kind: string;
            /**
             * Format: uuid
             * @description The case it is about.
             */
            case_id?: string | null;
            /** @description The address, masked; there once it was tried. */
            address?: string | null;
            /** @description What was said: the short text for SMS. */
            text: string;
            /** @description How far it is. */
            state: components["schemas"]["DeliveryState"];
            /** @description Who took it; `log` means that nothing left the house. */
            provider?: string | null;
            /** @description The provider's number of the message. */
            message_id?: string | null;
            /**
             * Format: int64
             * @description How often it was tried.
             */
            attempts: number;
            /** @description Why the last attempt failed. */
            reason?: string | null;
            /**
             * Format: date-time
             * @description When the notice was made.
             */
            made_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            changed_at: string;
        };
        /** @description An act. */
        PackAct: {
            /** @description Its name. */
            name: string;
            /** @description On the button. */
            title: string;
            /** @description The titles of the steps in which it may be done; all when empty. */
            steps: string[];
            /** @description Who. */
            who: string;
            /** @description The form to fill in. */
            form?: string | null;
            /** @description The condition, as declared. */
            condition?: string | null;
            /** @description What it does. */
            effects: string[];
        };
        /** @description A clock. */
        PackClock: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The key of its limit. */
            limit: string;
            /** @description The key of how long before its end the yellow card is given. */
            warn_before?: string | null;
            /** @description The titles of the steps in which it starts. */
            starts_in: string[];
            /** @description The titles of the steps in which it ends. */
            ends_in: string[];
        };
        /** @description How much a pack holds. */
        PackCounts: {
            /** @description Units. */
            units: number;
            /** @description Posts. */
            posts: number;
            /** @description Roles. */
            roles: number;
            /** @description Grants. */
            grants: number;
            /** @description Rows of function lists. */
            functions: number;
            /** @description Reactions. */
            reactions: number;
            /** @description Message templates. */
            messages: number;
            /** @description Indicators. */
            indicators: number;
            /** @description Places of the gazetteer. */
            places: number;
        };
        /** @description A way out of a step. */
        PackExit: {
            /** @description Its name. */
            name: string;
            /** @description On the button. */
            title: string;
            /** @description The titles of the steps it leads to. */
            to: string[];
            /** @description The form to fill in. */
            form?: string | null;
            /** @description The condition, as declared. */
            condition?: string | null;
            /** @description Who, where that is narrower than the step's. */
            who?: string | null;
            /** @description The limit after which the city takes it by itself. */
            after?: string | null;
            /** @description What it does beside. */
            effects: string[];
        };
        /** @description A row of `limits.csv`. */
        PackLimit: {
            /** @description The key. */
            key: string;
            /** @description Category or its prefix; empty for all. */
            category: string;
            /** @description Level; empty for all. */
            level: string;
            /** @description How long, in words. */
            limit: string;
            /** @description In force from this day. */
            valid_from: string;
            /** @description Last day in force. */
            valid_to?: string | null;
            /** @description The document it comes from. */
            source: string;
        };
        /** @description A procedure. */
        PackProcedure: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The day from which it is in force. */
            version: string;
            /** @description The system that declares it. */
            system: string;
            /** @description The file to edit. */
            file: string;
            /** @description The file of its limits. */
            limits_file: string;
            /** @description The code table of its categories. */
            categories: string;
            /** @description Its levels, mildest first. */
            levels: string[];
            /** @description Whether residents may open cases of it. */
            open_to_residents: boolean;
            /** @description The step where a case begins. */
            entry: string;
            /** @description Its steps, in order. */
            steps: components["schemas"]["PackStep"][];
            /** @description What may be done without leaving the step. */
            acts: components["schemas"]["PackAct"][];
            /** @description What is asked by one and decided by another. */
            requests: components["schemas"]["PackRequest"][];
            /** @description The clocks. */
            clocks: components["schemas"]["PackClock"][];
            /** @description The limits, as they stand in their file. */
            limits: components["schemas"]["PackLimit"][];
        };
        /** @description A request. */
        PackRequest: {
            /** @description Its name. */
            name: string;
            /** @description On the button. */
            title: string;
            /** @description Who asks. */
            who: string;
            /** @description Who decides. */
            decided_by: string;
            /**
             * Format: int32
             * @description How often it may be granted.
             */
            granted_max?: number | null;
            /** @description Where the case goes when it is granted. */
            granted_to?: string | null;
            /** @description What granting does. */
            on_grant: string[];
        };
        /** @description A step. */
        PackStep: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The public status it shows as. */
            shows: string;
            /** @description Who works here, in words; nobody at an end. */
            who?: string | null;
            /** @description The key of its stage limit. */
            limit?: string | null;
            /** @description Whoever acts here can never close the case. */
            handles: boolean;
            /**
             * Format: int32
             * @description The most often a case may enter it.
             */
            visits_max?: number | null;
            /** @description The ways out. */
            exits: components["schemas"]["PackExit"][];
        };
        /** @description A pack in one look. */
        PackView: {
            /** @description The city. */
            title: string;
            /** @description SM3 over every file: which pack this is. */
            hash: string;
            /** @description Its systems. */
            systems: components["schemas"]["SystemView"][];
            /** @description Its code tables. */
            code_tables: components["schemas"]["CodeTableView"][];
            /** @description The years of its calendar. */
            years: components["schemas"]["YearHead"][];
            /** @description How much there is of other things. */
            counts: components["schemas"]["PackCounts"];
            /** @description What its check warned of; a pack with errors does not run. */
            warnings: components["schemas"]["WarningView"][];
        };
        /** @description A page. */
        Page: {
            /** @description The cases. */
            rows: components["schemas"]["ListRow"][];
            /** @description What to ask for as `after` to get the next page; nothing on the last. */
            next?: string | null;
        };
        /** @description Who acted. */
        PartyView: {
            /** @description The official's name; none for others, and for residents who read. */
            name?: string | null;
            unit?: components["schemas"]["Named"] | null;
            /** @description The title of the post acted at. */
            post?: string | null;
            /** @description `resident`, `official`, `client` or `city`. */
            kind: string;
        };
        PasswordChange: {
            /** @description The password until now. */
            old: string;
            /** @description The new one. */
            new: string;
        };
        PasswordReset: {
            /** @description The token that the security administrator issued. */
            token: string;
            /** @description The new password. */
            password: string;
        };
        /** @description Where a point is. */
        PlaceAt: {
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees, six decimals.
             */
            lon: number;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees, six decimals.
             */
            lat: number;
            /** @description The cell of the unit grid, 15 digits. */
            cell?: string | null;
            /** @description Whether the cell was generated rather than surveyed. */
            synthetic: boolean;
            /** @description The divisions that hold the point, the smallest first. */
            divisions: components["schemas"]["Named"][];
            /** @description The functional zones that manage it. */
            zones: components["schemas"]["Named"][];
            /** @description The unit of each kind whose area holds it. */
            responsible: {
                [key: string]: components["schemas"]["Named"];
            };
        };
        /** @description A point. */
        PlacePoint: {
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon: number;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat: number;
        };
        /** @description Where a case is. */
        PlaceView: {
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat?: number | null;
            /** @description In words. */
            address?: string | null;
            /** @description The smallest division. */
            division?: string | null;
            /** @description The cell of the unit grid. */
            cell?: string | null;
        };
        /** @description The members of the answer. */
        Problem: {
            /** @description `urn:baotu:problem:` and the code. */
            type: string;
            /** @description What kind of problem, in a few words. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The sentence for the actor. */
            detail: string;
            /** @description A stable name, kebab-case. */
            code: string;
            /** @description The fields concerned, when it is about a form. */
            fields?: components["schemas"]["FieldProblem"][];
            /** @description The number of the request, to be told when asking for help. */
            trace?: string | null;
        };
        /** @description A procedure that is in force. */
        ProcedureEntry: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The system that declares it. */
            system: string;
            /** @description The system's title. */
            system_title: string;
            /** @description Mildest first. */
            levels: string[];
            /** @description The kinds of request. */
            kinds: string[];
            /** @description The channels. */
            channels: string[];
            /** @description Whether residents may open cases of it. */
            open_to_residents: boolean;
            /** @description Whether a place is needed. */
            needs_place: boolean;
            /** @description The code table of its categories. */
            category_table: string;
            /** @description The JSON Schema of the intake form. */
            form: Record<string, never>;
            /** @description Whether the actor may open cases of it. */
            may_open: boolean;
            /** @description Its steps in order. */
            steps: components["schemas"]["StepEntry"][];
            /**
             * @description The ways out of the step where a case begins, for an official who works there: what can be done with a request
             *     while the caller is still on the line.
             */
            entry_exits: components["schemas"]["ExitEntry"][];
        };
        /** @description A procedure, in a list. */
        ProcedureHead: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The day from which it is in force. */
            version: string;
            /** @description Its steps. */
            steps: number;
            /** @description The file to edit. */
            file: string;
        };
        /** @description A procedure. */
        ProcedureTitle: {
            /** @description Its name in the pack. */
            name: string;
            /** @description Shown. */
            title: string;
        };
        /** @description The procedures in force. */
        Procedures: {
            /** @description By name. */
            procedures: components["schemas"]["ProcedureEntry"][];
        };
        /** @description An alarm without its thing. */
        PublicAlarm: {
            /** @description 一般, 紧急 or 重大. */
            level: string;
            /** @description The rule. */
            rule: string;
            /** @description Its title, for example `井盖倾斜`. */
            title: string;
            /** @description The county-level division. */
            district?: string | null;
            /**
             * Format: date-time
             * @description When it was raised.
             */
            raised_at: string;
            /** @description Whether somebody has acknowledged it. */
            acknowledged: boolean;
        };
        /** @description Open alarms as everybody may know of them. */
        PublicAlarms: {
            /**
             * Format: date-time
             * @description The time of it.
             */
            now: string;
            /** @description All open ones by level and district. */
            open: components["schemas"]["PublicCount"][];
            /** @description The newest, at most 40 of each level, the worst level first. */
            rows: components["schemas"]["PublicAlarm"][];
        };
        /** @description Open alarms of a level in a district. */
        PublicCount: {
            /** @description 一般, 紧急 or 重大. */
            level: string;
            /** @description The county-level division. */
            district?: string | null;
            /**
             * Format: int64
             * @description How many.
             */
            alarms: number;
        };
        /** @description A purpose for which personal data may be read. */
        PurposeView: {
            /** @description Kebab-case. */
            name: string;
            /** @description Shown. */
            title: string;
        };
        /** @description The numbers of an official's day. */
        QueueNumbers: {
            /**
             * Format: int64
             * @description Open tasks that the post may work on.
             */
            unit: number;
            /**
             * Format: int64
             * @description Open cases that the official has acted on lately; a resident's own open tasks.
             */
            mine: number;
            /**
             * Format: int64
             * @description Of the unit's: due before midnight.
             */
            due_today: number;
            /**
             * Format: int64
             * @description Of the unit's: past their due time.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Requests that wait for the post's decision.
             */
            requests: number;
            /**
             * Format: int64
             * @description Open cases in the unit's hands that are supervised.
             */
            supervised: number;
            /** @description The unit's, by procedure and step. */
            by_step: components["schemas"]["StepNumbers"][];
        };
        /** @description A share: how many of how many. Without a denominator there is no rate. */
        Rate: {
            /**
             * Format: int64
             * @description Those counted.
             */
            numerator: number;
            /**
             * Format: int64
             * @description Those that could have been.
             */
            denominator: number;
            /**
             * Format: double
             * @description The one by the other, 0 to 1 in four decimals; nothing when there was nothing to count.
             */
            rate?: number | null;
            /** @description Why there is no rate, when the records cannot give it. */
            note?: string | null;
        };
        /** @description A rating. */
        RatingView: {
            /**
             * Format: int32
             * @description From 1, the worst, to 5.
             */
            grade: number;
            /** @description Why. */
            reason?: string | null;
            /** @description When. */
            at: string;
        };
        /** @description A reading as it is told. */
        ReadingTold: {
            /** @description When it was taken, RFC 3339. */
            at: string;
            /**
             * Format: double
             * @description The value, in the unit of the property.
             */
            value: number;
            /** @description `normal`, `stopped`, `maintenance`, `manual`, `fault`, `calibrating`, `over-range` or `out-of-contact`. */
            quality: string;
        };
        /** @description A thing that was registered, and its secret, which is told this once. */
        RegisteredTold: {
            /** @description The thing. */
            thing: components["schemas"]["ThingRow"];
            /** @description Its secret. */
            secret: string;
        };
        /** @description What would have been raised. */
        ReplayAnswer: {
            /** @description How many alarms. */
            raised: number;
            /** @description How many would have ended by the end. */
            cleared: number;
            /**
             * Format: int64
             * @description How long one would have been open on average, in seconds.
             */
            mean_open_seconds: number;
            /** @description The first of them, at most 1,000. */
            alarms: components["schemas"]["ReplayedAlarm"][];
            /** @description How many things were watched. */
            things: number;
            /**
             * Format: int64
             * @description How many readings were weighed.
             */
            readings: number;
            /**
             * Format: int64
             * @description Of these, how many were not usable.
             */
            unusable: number;
            /**
             * Format: int64
             * @description How many came again for a moment, or too late.
             */
            late: number;
        };
        /** @description What is to be replayed. */
        ReplayAsk: {
            /**
             * Format: date-time
             * @description From this moment.
             */
            from: string;
            /**
             * Format: date-time
             * @description To this moment, at most 93 days later.
             */
            to: string;
            /**
             * Format: uuid
             * @description Only this thing; all that the rule watches when absent.
             */
            thing?: string | null;
            /** @description A draft, as `rules.toml` declares a rule; the versions of the pack when absent. */
            rule?: Record<string, never> | null;
            /** @description Other numbers, as rows of `parameters.csv`; those of the pack when absent. */
            parameters?: Record<string, never>[] | null;
        };
        /** @description An alarm that a rule would have raised. */
        ReplayedAlarm: {
            /**
             * Format: uuid
             * @description The thing.
             */
            thing: string;
            /** @description The thing's name. */
            thing_name: string;
            /**
             * Format: date-time
             * @description When.
             */
            raised_at: string;
            /**
             * Format: date-time
             * @description When it would have ended; absent when it would still have been open.
             */
            cleared_at?: string | null;
            /**
             * Format: int64
             * @description How long it would have been open, in seconds, up to the end of the replay.
             */
            open_seconds: number;
            /** @description Why it would have been raised. */
            why: components["schemas"]["Explanation"];
            /** @description Why it would have ended. */
            why_cleared?: string | null;
        };
        /** @description A report. */
        Report: {
            /** @description The largest first. */
            groups: components["schemas"]["ReportGroup"][];
        };
        /** @description The counts of a group. */
        ReportCounts: {
            /**
             * Format: int64
             * @description Cases opened in the span; all other counts are of these.
             */
            opened: number;
            /**
             * Format: int64
             * @description Of these, taken over from another system.
             */
            imported: number;
            /**
             * Format: int64
             * @description Given to a unit.
             */
            dispatched: number;
            /**
             * Format: int64
             * @description Whose result was recorded.
             */
            resolved: number;
            /**
             * Format: int64
             * @description Closed.
             */
            closed: number;
            /**
             * Format: int64
             * @description Not ended yet.
             */
            open: number;
            /**
             * Format: int64
             * @description Past their due time, open or closed.
             */
            overdue: number;
            /**
             * Format: int64
             * @description Left out of the rates (剔除).
             */
            excluded: number;
            /**
             * Format: int64
             * @description Returns by units, each counted.
             */
            returns: number;
            /**
             * Format: int64
             * @description Supervisions, each counted.
             */
            supervisions: number;
            /**
             * Format: int64
             * @description Rated by their reporters.
             */
            rated: number;
        };
        /** @description One group of a report. */
        ReportGroup: {
            /** @description A unit's code, a district, a category or a day; nothing where a case has none, and for the group of all. */
            key?: string | null;
            /** @description Its name. */
            title?: string | null;
            /** @description How many. */
            counts: components["schemas"]["ReportCounts"];
            /** @description Shares. */
            rates: components["schemas"]["ReportRates"];
            /** @description Averages. */
            means: components["schemas"]["ReportMeans"];
        };
        /** @description The averages of a group. */
        ReportMeans: {
            /** @description Hours from opening to closing, of those of which it is known. */
            closing_hours: components["schemas"]["Mean"];
            /** @description Whole days from opening to closing, of those of which it is known. */
            closing_days: components["schemas"]["Mean"];
            /** @description Whole days from opening to the result, of those that have one. */
            resolving_days: components["schemas"]["Mean"];
            /** @description How often a case was passed on to another unit, of those of which it is known. */
            transfers: components["schemas"]["Mean"];
            /** @description The grade that reporters gave, 1 to 5. */
            grade: components["schemas"]["Mean"];
        };
        /** @description The rates of a group (cases-12345 §6); excluded cases are in none of them. */
        ReportRates: {
            /** @description 按期办结率: closed by the due time, of those closed that had one. */
            on_time: components["schemas"]["Rate"];
            /** @description 响应率: the reporter was contacted in time, of those handled. */
            response: components["schemas"]["Rate"];
            /** @description 解决率: solved in the reporter's words, of those called back with an answer. */
            solved: components["schemas"]["Rate"];
            /** @description 满意率: satisfied, of those called back with an answer. */
            satisfied: components["schemas"]["Rate"];
            /** @description 派单准确率: dispatches that were not returned, of all dispatches. */
            dispatch_accuracy: components["schemas"]["Rate"];
            /** @description 延期率: extended, of those dispatched. */
            extension: components["schemas"]["Rate"];
            /** @description 重办率: done again, of those dispatched. */
            rework: components["schemas"]["Rate"];
            /** @description 督办率: supervised, of those dispatched. */
            supervision: components["schemas"]["Rate"];
        };
        /** @description Who reported a case, masked. */
        ReporterView: {
            /** @description `resident`, `official`, `client`, `city` or `none`. */
            kind: string;
            /** @description Whether it is the reader. */
            mine: boolean;
            /** @description The masked name. */
            name?: string | null;
            /** @description The masked telephone number. */
            phone?: string | null;
            /** @description Kept secret from the handling units (保密). */
            confidential: boolean;
            /** @description Whether the reader may unmask it with a purpose. */
            can_reveal: boolean;
        };
        /** @description The decision on a request. */
        RequestAnswer: {
            /** @description Whether it is granted. */
            grant: boolean;
            /**
             * Format: int64
             * @description The version that the actor saw; whatever it is when absent.
             */
            version?: number | null;
            /** @description What was filled in. */
            form?: Record<string, never>;
            /** @description The decision's id, so that the same answer sent twice decides once. */
            id?: string | null;
        };
        /** @description What is asked for: something that somebody else decides. */
        RequestAsk: {
            /** @description Which request of the procedure. */
            request: string;
            /**
             * Format: int64
             * @description The version that the actor saw; whatever it is when absent.
             */
            version?: number | null;
            /** @description What was filled in. */
            form?: Record<string, never>;
            /** @description The decision's id, so that the same request sent twice asks once. */
            id?: string | null;
        };
        /** @description Something that was asked for. */
        RequestView: {
            /** @description Its id. */
            id: string;
            /** @description Which. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description `asked`, `granted`, `refused` or `withdrawn`. */
            state: string;
            /** @description Who asked. */
            asked_by: components["schemas"]["PartyView"];
            /** @description When. */
            asked_at: string;
            /** @description The form of asking. */
            form: Record<string, never>;
            /** @description When it should be decided. */
            due_at?: string | null;
            decided_by?: components["schemas"]["PartyView"] | null;
            /** @description When. */
            decided_at?: string | null;
            /** @description The form of the decision. */
            decision_form?: Record<string, never> | null;
        };
        /** @description What the handling unit answered last. */
        ResolutionView: {
            /** @description What was done; for officials. */
            result?: string | null;
            /** @description What the reporter is told. */
            public_reply?: string | null;
            /** @description Photos of afterwards. */
            photos: string[];
            /** @description When. */
            at: string;
        };
        /** @description A role. */
        RoleView: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description How many posts have it. */
            posts: number;
        };
        /** @description A rule in force, with its numbers. */
        RuleView: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The system that declares it. */
            system: string;
            /** @description The day from which this version holds. */
            version: string;
            /** @description The version that follows, where it is known already. */
            next_version?: string | null;
            /** @description The type of things that it watches. */
            watches: string;
            /** @description 一般, 紧急 or 重大. */
            level: string;
            /** @description What it is for. */
            about: string;
            /** @description What it tests: `above`, `below`, `rises`, `falls`, `missing` or `when`. */
            test: string;
            /**
             * Format: int32
             * @description How long it must last, in seconds.
             */
            hold_seconds: number;
            /**
             * Format: int32
             * @description How long it must be over, in seconds.
             */
            clear_seconds: number;
            /** @description The condition, of `when`. */
            condition?: string | null;
            /** @description The numbers in force today, each with its source. */
            parameters: components["schemas"]["LimitTold"][];
            /** @description File and line of its declaration in the pack. */
            declared_at?: string | null;
        };
        /** @description A part of a series. */
        SeriesTold: {
            /** @description The property. */
            property: string;
            /** @description Shown. */
            title: string;
            /** @description The unit. */
            unit: string;
            /**
             * Format: int32
             * @description Decimals that are shown.
             */
            decimals: number;
            /** @description By time; empty where figures are asked for. */
            readings: components["schemas"]["ReadingTold"][];
            /** @description By time; a minute, hour or day without a reading is absent. */
            figures: components["schemas"]["FiguresTold"][];
            /** @description Where nothing was said for longer than it should be. */
            gaps: components["schemas"]["GapTold"][];
            /** @description `from` of the next part; nothing at the end. */
            next?: string | null;
        };
        /** @description A document that a person has set. */
        Setting: {
            /** @description Its name. */
            name: string;
            /** @description The document; null when nothing was set. */
            value: Record<string, never> | null;
            /**
             * Format: date-time
             * @description When it was set.
             */
            changed_at?: string | null;
        };
        /** @description A problem that residents can report from their first page. */
        ShortcutView: {
            /** @description Shown. */
            title: string;
            /** @description Shown in English. */
            title_en?: string | null;
            /** @description The picture beside it. */
            icon: string;
            /** @description The procedure with which a case is opened. */
            procedure: string;
            /** @description The category that is chosen beforehand. */
            category: string;
            /** @description The names that lead to the category, the widest first. */
            category_path: string[];
        };
        /** @description An account of a list. */
        ShownAccount: {
            /**
             * Format: uuid
             * @description Whose it is.
             */
            person: string;
            /** @description The user name. */
            user: string;
            /** @description The name; masked for those without a post. */
            name: string;
            /** @description The telephone, masked. */
            phone?: string | null;
            /** @description The posts held now. */
            posts: components["schemas"]["ShownPost"][];
            /** @description Whether it can be signed in with. */
            state: components["schemas"]["AccountState"];
            /** @description Whether the password must be changed at the next sign-in. */
            must_change_password: boolean;
        };
        /** @description The grants, for people. */
        ShownGrants: {
            /** @description The table, roles × actions, as plain text of fixed width. */
            table: string;
        };
        /** @description A post held for a time. */
        ShownHolding: {
            post: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to?: string | null;
        };
        ShownPerson: {
            /** Format: uuid */
            id: string;
            /** @description The user name. */
            user: string;
            /** @description Their own name, in clear. */
            name: string;
        };
        /** @description A post with its unit, as screens show it. */
        ShownPost: {
            /** @description Its code. */
            code: string;
            /** @description For example `派遣员`. */
            title: string;
            /** @description The code of its unit. */
            unit: string;
            /** @description The name of its unit. */
            unit_name: string;
            /** @description Its roles. */
            roles: string[];
        };
        /** @description Who is signed in. */
        ShownSession: {
            person: components["schemas"]["ShownPerson"];
            post?: components["schemas"]["ShownPost"] | null;
            /** @description The posts that they hold. */
            posts: components["schemas"]["ShownPost"][];
            /** @description What they may do to the system itself at this post, such as `pack.read`: for the menu. */
            system_actions: string[];
            /** @description What they may do at this post at all, whatever it is done to, such as `things.read`: for the menu. */
            actions: string[];
            /** @description Whether the password must be changed before anything else. */
            must_change_password: boolean;
            /**
             * Format: date-time
             * @description When the session ends at the latest.
             */
            expires_at: string;
            /** @description The token, when it was asked for. */
            token?: string | null;
        };
        SignIn: {
            /** @description The user name. */
            user: string;
            /** @description The password. */
            password: string;
            /** @description Whether the token is wanted in the answer, for `Authorization: Bearer`, in place of a cookie. */
            bearer?: boolean;
        };
        /** @description A case that may be about the same. */
        SimilarCase: components["schemas"]["ListRow"] & {
            /**
             * Format: int64
             * @description How far it is.
             */
            metres?: number | null;
            /** @description Whether it is of the same category. */
            same_category: boolean;
            /** @description Whether its title has words in common. */
            same_words: boolean;
        };
        /** @description Similar cases. */
        SimilarCases: {
            /** @description At most 10, those most alike first. */
            cases: components["schemas"]["SimilarCase"][];
        };
        /** @description Where an imported case comes from. */
        SourceView: {
            /** @description The system. */
            system: string;
            /** @description Its number there. */
            id: string;
        };
        /** @description Stations, by code. */
        StationPage: {
            /** @description The stations. */
            rows: components["schemas"]["ThingRow"][];
            /** @description Where the next page begins. */
            next?: string | null;
        };
        /** @description A step of a procedure. */
        StepEntry: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The public status it shows as. */
            shows: string;
        };
        /** @description How much of a queue stands in one step of a procedure. */
        StepNumbers: {
            /** @description The procedure. */
            procedure: string;
            /** @description Shown. */
            procedure_title: string;
            /** @description The step. */
            step: string;
            /** @description Shown. */
            step_title: string;
            /**
             * Format: int64
             * @description Open tasks.
             */
            all: number;
            /**
             * Format: int64
             * @description Of them: due before midnight and not overdue.
             */
            due_today: number;
            /**
             * Format: int64
             * @description Of them: past their due time.
             */
            overdue: number;
        };
        /** @description A step that somebody holds. */
        StepView: {
            /** @description The task. */
            task: string;
            /** @description The step. */
            step: string;
            /** @description Shown. */
            title: string;
            unit?: components["schemas"]["Named"] | null;
            /** @description Since when. */
            since: string;
            due?: components["schemas"]["DueView"] | null;
            /**
             * Format: int64
             * @description Seconds until then, negative past it.
             */
            left_seconds?: number | null;
            /** @description Whether the reader may work on it. */
            mine: boolean;
        };
        /** @description A page of storms. */
        StormPage: {
            /** @description Newest first. */
            rows: components["schemas"]["StormView"][];
            /** @description Where the next page begins. */
            next?: string | null;
        };
        /** @description A storm as it is shown. */
        StormView: {
            /**
             * Format: uuid
             * @description The storm.
             */
            id: string;
            /** @description The rule of the alarm that began it. */
            rule: string;
            /** @description Its title. */
            rule_title: string;
            /** @description The type of the things. */
            thing_type: string;
            /** @description The highest level among its first alarms. */
            level: string;
            /** @description How they are grouped: `rule`, `district` or `type`. */
            grouping: string;
            /** @description The county-level division, where they are grouped by it. */
            district?: string | null;
            /**
             * Format: double
             * @description Longitude of the alarm that began it, in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude of the alarm that began it, in CGCS2000 degrees.
             */
            lat?: number | null;
            /**
             * Format: int64
             * @description How many alarms it has.
             */
            members: number;
            /** @description What it is, in one sentence. */
            text: string;
            /** @description Whether it goes on. */
            open: boolean;
            /**
             * Format: date-time
             * @description When it was raised.
             */
            raised_at: string;
            /**
             * Format: date-time
             * @description When the last alarm joined it.
             */
            last_at: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            cleared_at?: string | null;
        };
        /** @description A unit that may be in charge, and why. */
        SuggestionView: {
            /** @description The unit. */
            unit: components["schemas"]["Named"];
            /** @description The row of the function list. */
            basis: string;
            /** @description Why it holds here. */
            why: string;
        };
        /** @description Units that may be in charge. */
        Suggestions: {
            /** @description The best first. */
            suggestions: components["schemas"]["SuggestionView"][];
        };
        /** @description A numbered supervision. */
        SupervisionView: {
            /** @description Its id. */
            id: string;
            /** @description Its number. */
            number: string;
            /** @description How. */
            manner?: string | null;
            /** @description What was said. */
            opinion?: string | null;
            /** @description Who did so. */
            by: string;
            /** @description When. */
            at: string;
        };
        /** @description A system. */
        SystemView: {
            /** @description Its folder. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description The clause of the policy. */
            clause: string;
            /** @description The unit that owns it. */
            owner: string;
            /** @description `demo`, `trial` or `in-force`. */
            status: string;
            /** @description One paragraph. */
            about: string;
            /** @description The file to edit. */
            file: string;
            /** @description Its procedures in force. */
            procedures: components["schemas"]["ProcedureHead"][];
            /** @description Its reactions. */
            reactions: number;
            /** @description Its indicators. */
            indicators: number;
            /** @description Its examples, which are its tests. */
            examples: number;
        };
        /** @description Things by type. */
        ThingMap: {
            /** @description The time of it, RFC 3339. */
            now: string;
            /** @description By type; a type without a thing is absent. */
            types: components["schemas"]["TypeOnMap"][];
        };
        /** @description How many alarms are open of a thing. */
        ThingMark: {
            /**
             * Format: uuid
             * @description The thing.
             */
            thing: string;
            /** @description Of this level: 一般, 紧急 or 重大. */
            level: string;
            /**
             * Format: int64
             * @description How many.
             */
            alarms: number;
        };
        /** @description A page of things. */
        ThingPage: {
            /** @description By code. */
            rows: components["schemas"]["ThingRow"][];
            /** @description Where the next page begins. */
            next?: string | null;
        };
        /** @description A thing as a row. */
        ThingRow: {
            /** @description Its id. */
            id: string;
            /** @description The code that stands on it. */
            code: string;
            /** @description Its type. */
            kind: string;
            /** @description The title of its type. */
            kind_title: string;
            /** @description Shown. */
            name: string;
            /** @description The unit that answers for it. */
            unit?: string | null;
            /** @description The name of that unit. */
            unit_name?: string | null;
            /**
             * Format: double
             * @description Longitude in CGCS2000 degrees.
             */
            lon?: number | null;
            /**
             * Format: double
             * @description Latitude in CGCS2000 degrees.
             */
            lat?: number | null;
            /** @description Where it stands, in words. */
            address?: string | null;
            /** @description The division in which it stands. */
            division?: string | null;
            /** @description Whether it may speak. */
            state: components["schemas"]["ThingState"];
            /** @description Whether it was heard lately. */
            online: boolean;
            /** @description When it was last heard, RFC 3339. */
            seen_at?: string | null;
            /**
             * Format: int64
             * @description Counts changes.
             */
            version: number;
            /** @description Its properties with their newest readings. */
            latest: components["schemas"]["LatestTold"][];
            /** @description What is calculated from them. */
            indicators: components["schemas"]["IndicatorTold"][];
        };
        /**
         * @description Whether a thing may speak.
         * @enum {string}
         */
        ThingState: "in-use" | "suspended" | "retired";
        /** @description A thing with all that is known of it. */
        ThingTold: {
            /** @description The thing. */
            thing: components["schemas"]["ThingRow"];
            /** @description What else is known of it. */
            attributes: Record<string, never>;
            /** @description When it was registered, RFC 3339. */
            registered_at: string;
            /** @description What was refused or flagged of it in the last days. */
            mishaps: components["schemas"]["MishapTold"][];
            /** @description What it can be told. */
            commands: components["schemas"]["CommandOffer"][];
            /** @description Whether the reader may tell it. */
            can_command: boolean;
            /** @description Whether the reader may change it. */
            can_change: boolean;
            /**
             * Format: int32
             * @description How often it reports when nothing happens, in seconds.
             */
            reports_every_seconds: number;
        };
        /** @description One row of the timeline. */
        TimelineView: {
            /** @description The decision. */
            id: string;
            /** @description When. */
            at: string;
            /** @description Who. */
            by: components["schemas"]["PartyView"];
            /** @description `open`, `exit`, `act`, `request`, `grant`, `refuse` or `clock`. */
            kind: string;
            /** @description The exit, act, request or clock. */
            take: string;
            /** @description Shown. */
            title: string;
            /** @description The titles of the steps left. */
            from: string[];
            /** @description The titles of the steps entered. */
            to: string[];
            /** @description The opinion given; for officials. */
            opinion?: string | null;
            /** @description The form as filled in; for officials. */
            form?: Record<string, never> | null;
            /** @description Why a unit is in charge; for officials. */
            why?: string | null;
            /** @description The photos of the form. */
            photos: string[];
            /**
             * Format: int64
             * @description How long the task had been held.
             */
            seconds: number;
        };
        /** @description A page of the trail, newest first. */
        TrailPage: {
            rows: components["schemas"]["KeptLine"][];
            /** @description What `after` asks for to go on. */
            next?: string | null;
        };
        /** @description The things of a type that are in use. */
        TypeOnMap: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description Shown in English. */
            title_en?: string | null;
            /** @description How many. */
            things: number;
            /** @description How many of these were heard lately. */
            online: number;
            /**
             * @description Where those stand that were heard lately: longitude and latitude by turns, in CGCS2000 degrees. Empty for a type
             *     whose places are not shown.
             */
            heard: number[];
            /** @description The same for those that were not. */
            silent: number[];
        };
        /** @description A type of thing. */
        TypeTold: {
            /** @description Its name. */
            name: string;
            /** @description Shown. */
            title: string;
            /** @description Shown in English. */
            title_en?: string | null;
            /** @description One sentence. */
            about: string;
            /** @description How many of them the reader may know of. */
            things: number;
            /** @description How many of those were heard lately. */
            online: number;
        };
        /** @description A unit. */
        UnitView: {
            /** @description Its code. */
            code: string;
            /** @description Its name. */
            name: string;
            /** @description For example `bureau`, `street-office`. */
            kind: string;
        };
        /** @description Units of the city. */
        UnitsView: {
            /** @description At most 50. */
            units: components["schemas"]["UnitView"][];
        };
        /** @description A request that waits for a decision. */
        WaitingRequestView: {
            /** @description Its id. */
            id: string;
            /** @description Its name in the procedure. */
            name: string;
            /** @description Shown, for example `申请延期`. */
            title: string;
            /** @description When it was asked. */
            asked_at: string;
        };
        /** @description Something that the pack's author should look at. */
        WarningView: {
            /** @description `warning`, or `error`. */
            level: string;
            /** @description The kind of mistake. */
            code: string;
            /** @description The file to edit. */
            file: string;
            /** @description The line, from 1; 0 when the file is missing. */
            line: number;
            /** @description What is wrong. */
            message: string;
            /** @description How to mend it. */
            hint?: string | null;
        };
        /** @description A year of the calendar, in a list. */
        YearHead: {
            /**
             * Format: int32
             * @description The year.
             */
            year: number;
            /** @description Whether it is not announced yet. */
            provisional: boolean;
            /** @description The notice it comes from. */
            source: string;
            /** @description The file to edit. */
            file: string;
        };
        /** @description A year of the calendar. */
        YearView: {
            /**
             * Format: int32
             * @description The year.
             */
            year: number;
            /** @description Whether it is not announced: its days are computed Monday to Friday. */
            provisional: boolean;
            /** @description The notice it comes from; nothing when the year is not declared. */
            source?: string | null;
            /** @description The file to edit, or to write. */
            file: string;
            /** @description Declared days off. */
            off: string[];
            /** @description Saturdays and Sundays that are worked (调休). */
            make_up: string[];
            /** @description Working days of the year. */
            workdays: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_accounts: {
        parameters: {
            query?: {
                /** @description The beginning of the user name. */
                q?: string;
                /** @description Who holds this post. */
                post?: string;
                /** @description Who holds a post of this unit. */
                unit?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Rows, at most 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountPage"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeAccount"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownAccount"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_holdings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownHolding"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assign_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewHolding"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
                /** @description the code of the post */
                post: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lock_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlock_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    issue_reset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the person */
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedReset"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_list: {
        parameters: {
            query?: {
                /** @description Only open (true) or ended (false) ones. */
                open?: boolean;
                /** @description Only of this thing. */
                thing?: string;
                /** @description Only of this rule. */
                rule?: string;
                /** @description Only of this storm. */
                storm?: string;
                /** @description Only of things of this type. */
                thing_type?: string;
                /** @description Only of this level: 一般, 紧急 or 重大. */
                level?: string;
                /** @description Only raised at this moment or later. */
                since?: string;
                /** @description Only raised before this. */
                until?: string;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Rows of the page, at most 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmPage"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_indicators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Indicators"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_marks: {
        parameters: {
            query: {
                /** @description Their ids, 1 to 100, with commas between. */
                things: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingMark"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_public: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicAlarms"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alarm */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_acknowledge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alarm */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acknowledgement"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description The beginning of an actor's reference, such as `official:`. */
                actor?: string;
                /** @description What was done, such as `cases.read-personal`. */
                act?: string;
                /** @description The id of the thing it was done to. */
                subject?: string;
                /** @description The id of the person whose data it concerned. */
                concerned?: string;
                /** @description Not before this time. */
                from?: string;
                /** @description Before this time. */
                to?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Rows, at most 200. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrailPage"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_audit: {
        parameters: {
            query?: {
                /** @description The number of a head that was noted earlier. */
                number?: number;
                /** @description Its hash. */
                hash?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerified"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keep: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/jpeg": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptPhoto"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            /** @description Also when the reader may not see its case */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list: {
        parameters: {
            query?: {
                /** @description `all` (default), `unit`, `mine` or `requests`. */
                queue?: "all" | "unit" | "mine" | "requests";
                /** @description Only this procedure. */
                procedure?: string;
                /** @description Only this public status. */
                status?: string;
                /** @description Only this step. */
                step?: string;
                /** @description Only categories that begin with this. */
                category?: string;
                /** @description Only this level. */
                level?: string;
                /** @description Only divisions whose code begins with this. */
                division?: string;
                /** @description Only this unit in charge. */
                unit?: string;
                /** @description Only open cases past their due time. */
                overdue?: boolean;
                /** @description Only cases due before this (RFC 3339). */
                due_before?: string;
                /** @description Only cases opened at this time or later (RFC 3339). */
                opened_from?: string;
                /** @description Only cases opened before this (RFC 3339). */
                opened_to?: string;
                /** @description Only cases of this reporter. */
                reporter?: string;
                /** @description Only open cases that are `supervised`, or have a `yellow` card and no red one, or a `red` card. */
                mark?: "supervised" | "yellow" | "red";
                /** @description Only open (`true`) or ended (`false`) cases. */
                open?: boolean;
                /** @description Words to look for, or a number. */
                q?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Rows, at most 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    open: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenCase"];
            };
        };
        responses: {
            /** @description Opened before by the same request */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseView"];
                };
            };
            /** @description Opened; `Location` names it */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseView"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    caller: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallerQuestion"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallerHistory"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export: {
        parameters: {
            query?: {
                /** @description `all` (default), `unit`, `mine` or `requests`. */
                queue?: "all" | "unit" | "mine" | "requests";
                /** @description Only this procedure. */
                procedure?: string;
                /** @description Only this public status. */
                status?: string;
                /** @description Only this step. */
                step?: string;
                /** @description Only categories that begin with this. */
                category?: string;
                /** @description Only this level. */
                level?: string;
                /** @description Only divisions whose code begins with this. */
                division?: string;
                /** @description Only this unit in charge. */
                unit?: string;
                /** @description Only open cases past their due time. */
                overdue?: boolean;
                /** @description Only cases due before this (RFC 3339). */
                due_before?: string;
                /** @description Only cases opened at this time or later (RFC 3339). */
                opened_from?: string;
                /** @description Only cases opened before this (RFC 3339). */
                opened_to?: string;
                /** @description Only cases of this reporter. */
                reporter?: string;
                /** @description Only open cases that are `supervised`, or have a `yellow` card and no red one, or a `red` card. */
                mark?: "supervised" | "yellow" | "red";
                /** @description Only open (`true`) or ended (`false`) cases. */
                open?: boolean;
                /** @description Words to look for, or a number. */
                q?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Rows, at most 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A workbook: a sheet of cases, and a sheet that says what was exported */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": number[];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    near: {
        parameters: {
            query: {
                /** @description Longitude in CGCS2000 degrees. */
                lon: number;
                /** @description Latitude in CGCS2000 degrees. */
                lat: number;
                /** @description Only this category. */
                category?: string;
                /** @description The procedure. */
                procedure: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NearCases"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    of_origin: {
        parameters: {
            query: {
                /** @description The origin, for example `thing:<id>` or `alarm:<id>`. */
                origin: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OriginCase"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    similar: {
        parameters: {
            query: {
                /** @description The procedure. */
                procedure: string;
                /** @description The category, when it is known already. */
                category?: string;
                /** @description Words of the request. */
                q?: string;
                /** @description Longitude in CGCS2000 degrees. */
                lon?: number;
                /** @description Latitude in CGCS2000 degrees. */
                lat?: number;
                /** @description Not this case. */
                but?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimilarCases"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The case as the reader may see it; `ETag` is its version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseView"];
                };
            };
            /** @description It still has the version of `If-None-Match` */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Also when the reader may not know of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reveal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactReading"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Act"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestAsk"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                request: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestAnswer"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Acted"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suggestions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suggestions"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    support: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    categories: {
        parameters: {
            query: {
                /** @description The procedure whose table is meant. */
                procedure: string;
                /** @description Matches code, name and keywords. */
                q?: string;
                /** @description Those below this code; the topmost when absent. */
                parent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Categories"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    city: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CityView"];
                };
            };
        };
    };
    list_clients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_client: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClient"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeClient"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disable_client: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the name of the client */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    demo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DemoView"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    at: {
        parameters: {
            query: {
                /** @description Longitude in CGCS2000 degrees. */
                lon: number;
                /** @description Latitude in CGCS2000 degrees. */
                lat: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaceAt"];
                };
            };
            /** @description no point of the city */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    divisions: {
        parameters: {
            query?: {
                /** @description Code of the division whose parts are listed; the topmost when absent. */
                parent?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listed"][];
                };
            };
            /** @description no such division */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query: {
                /** @description Any part of a name or alias. */
                q: string;
                /** @description `lon,lat` in CGCS2000 degrees: of equally good names the nearest comes first. */
                near?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Found"][];
                };
            };
            /** @description nothing to search */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_grants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownGrants"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    knowledge: {
        parameters: {
            query: {
                /** @description The procedure. */
                procedure: string;
                /** @description The category. */
                category?: string;
                /** @description The level; the procedure's mildest when absent. */
                level?: string;
                /** @description Longitude in CGCS2000 degrees. */
                lon?: number;
                /** @description Latitude in CGCS2000 degrees. */
                lat?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Knowledge"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feed: {
        parameters: {
            query?: {
                /** @description The id of the last message that was heard; from now on when absent. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `event` is the kind, `data` the message; `alive` with the city's time when nothing happens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveMessage"];
                };
            };
        };
    };
    read_setting: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    write_setting: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSetting"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Setting"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_my_audit: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyTrail"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    own: {
        parameters: {
            query?: {
                /** @description The `next` of the page before. */
                after?: string;
                /** @description Rows, at most 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_inbox: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Rows of the page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inbox"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_outbox: {
        parameters: {
            query?: {
                /** @description Only deliveries in this state. */
                state?: components["schemas"]["DeliveryState"];
                /** @description `next` of the page before. */
                after?: string;
                /** @description Rows of the page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outbox"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mark_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The notice */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    overview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    year: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                year: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["YearView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    functions: {
        parameters: {
            query?: {
                /** @description Words of the category, unit, place or basis; or a code. */
                q?: string;
                /** @description Only this code table. */
                table?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FunctionsView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantsView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    procedure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackProcedure"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dispatch: {
        parameters: {
            query: {
                /** @description The procedure. */
                procedure: string;
                /** @description The category. */
                category: string;
                /** @description The level; the procedure's mildest when absent. */
                level?: string;
                /** @description Longitude in CGCS2000 degrees. */
                lon?: number;
                /** @description Latitude in CGCS2000 degrees. */
                lat?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Knowledge"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    limit: {
        parameters: {
            query: {
                /** @description The procedure. */
                procedure: string;
                /** @description The key in `limits.csv`. */
                key: string;
                /** @description The category. */
                category?: string;
                /** @description The level. */
                level?: string;
                /** @description When it begins (RFC 3339); now when absent. */
                start?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LimitTried"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    procedures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Procedures"];
                };
            };
        };
    };
    queues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueNumbers"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register_resident: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewResident"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownSession"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_declared: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleView"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_replay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The rule, or the name of a new one */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayAsk"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayAnswer"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownSession"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownSession"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    choose_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChosenPost"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownSession"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stations_list: {
        parameters: {
            query?: {
                /** @description Only of this type. */
                kind?: string;
                /** @description `next` of the page before. */
                after?: string;
                /** @description `json` (default) or `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Or CSV: one line for each property of each station */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StationPage"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stations_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The code of the station */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingRow"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    series_of_station: {
        parameters: {
            query?: {
                /** @description From this moment (RFC 3339); the last day when absent. */
                from?: string;
                /** @description To before this one; now when absent. */
                to?: string;
                /** @description Readings or figures at most, up to 100,000. */
                limit?: number;
                /** @description `raw` (default), or the figures of each `minute`, `hour` or `day` of the city. */
                bucket?: "raw" | "minute" | "hour" | "day";
                /** @description `json` (default) or `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path: {
                /** @description The code of the station */
                code: string;
                /** @description The property */
                property: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Or CSV */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesTold"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    report: {
        parameters: {
            query: {
                /** @description The first day. */
                from: string;
                /** @description The last day, inclusive. */
                to: string;
                /** @description Only this procedure. */
                procedure?: string;
                /** @description `none` (default), `unit`, `district`, `category` or `day`. */
                by?: "none" | "unit" | "district" | "category" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    indicators: {
        parameters: {
            query: {
                /** @description The first day. */
                from: string;
                /** @description The last day, inclusive. */
                to: string;
                /** @description Only this procedure. */
                procedure?: string;
                /** @description `none` (default), `unit`, `district`, `category` or `day`. */
                by?: "none" | "unit" | "district" | "category" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IndicatorNumbers"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: {
                /** @description A moment of the last 40 days (RFC 3339); now when absent. */
                at?: string;
                /** @description Only the procedures of this system. */
                system?: string;
                /** @description Only this district, six digits. */
                district?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveNumbers"];
                };
            };
            /** @description no such moment or part */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_cases: {
        parameters: {
            query: {
                /** @description `open`, `opened`, `closed`, `waiting`, `overdue`, `late` or `alerts`. */
                kind: "open" | "opened" | "closed" | "waiting" | "overdue" | "late" | "alerts";
                /** @description A moment of the last 40 days (RFC 3339); now when absent. */
                at?: string;
                /** @description Only the procedures of this system. */
                system?: string;
                /** @description Only this district, six digits. */
                district?: string;
                /** @description Rows, at most 200. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveCases"];
                };
            };
            /** @description no such moment or part */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_days: {
        parameters: {
            query: {
                /** @description How many days, at most 31. */
                days: number;
                /** @description Before the day of this moment (RFC 3339); before today when absent. */
                at?: string;
                /** @description Only the procedures of this system. */
                system?: string;
                /** @description Only this district, six digits. */
                district?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DayBrought"][];
                };
            };
            /** @description no such moment or part */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms_storms: {
        parameters: {
            query?: {
                /** @description Those that go on (true, also when absent) or have ended (false). */
                open?: boolean;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Rows of the page, at most 100. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StormPage"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thing_map_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingMap"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things_types: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TypeTold"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things_list: {
        parameters: {
            query?: {
                /** @description Only of this type. */
                kind?: string;
                /** @description Only this unit's. */
                unit?: string;
                /** @description Only in this division or below it. */
                division?: string;
                /** @description Only in this state. */
                state?: "in-use" | "suspended" | "retired";
                /** @description Only those that were heard lately, or only those that were not. */
                online?: boolean;
                /** @description Only with this in the code, the name or the address. */
                q?: string;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Rows of the page, at most 500. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingPage"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things_register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewThingBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredTold"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The thing */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingTold"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The thing */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingRow"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commands_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The thing */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandTold"][];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commands_ask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The thing */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommandBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandTold"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things_renew: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The thing */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredTold"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    series_of_thing: {
        parameters: {
            query?: {
                /** @description From this moment (RFC 3339); the last day when absent. */
                from?: string;
                /** @description To before this one; now when absent. */
                to?: string;
                /** @description Readings or figures at most, up to 100,000. */
                limit?: number;
                /** @description `raw` (default), or the figures of each `minute`, `hour` or `day` of the city. */
                bucket?: "raw" | "minute" | "hour" | "day";
                /** @description `json` (default) or `csv`. */
                format?: "json" | "csv";
            };
            header?: never;
            path: {
                /** @description The thing */
                id: string;
                /** @description The property */
                property: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Or CSV */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesTold"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    units: {
        parameters: {
            query?: {
                /** @description Part of a name or a code. */
                q?: string;
                /** @description Codes separated by commas. */
                codes?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnitsView"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    base_tile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                z: number;
                x: number;
                y: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.mapbox-vector-tile": unknown;
                };
            };
            /** @description nothing there */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no such tile */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_tile: {
        parameters: {
            query?: {
                /** @description A moment of the last weeks (RFC 3339); now when absent. */
                at?: string;
                /** @description Only cases of these procedures, between commas; of all when absent. */
                procedures?: string;
            };
            header?: never;
            path: {
                z: number;
                x: number;
                y: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.mapbox-vector-tile": unknown;
                };
            };
            /** @description nothing there */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no such tile or moment */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
