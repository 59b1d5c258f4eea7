//! People entered in bulk: whoever is there already stays as they are.

use baotu_storage::{Value, Work, params};
use baotu_vocabulary::Moment;

use crate::holding::Holding;
use crate::person::{NewPerson, SealedPerson};

/// A person with account and holdings, unless the person or the user name is there already.
pub(crate) fn add_missing(
    work: &mut Work,
    person: &NewPerson,
    sealed: &SealedPerson,
    user: &str,
    password_hash: &str,
    held: &[Holding],
    now: Moment,
) {
    let mut values = params![person.id, now];
    values.extend(Vec::<Value>::from(sealed));
    work.run(
        "INSERT INTO access_person
             (id, version, created_at, name_sealed, citizen_id_sealed, citizen_id_index, phone_sealed, phone_index)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
        values,
    );
    work.run(
        "INSERT INTO access_account
             (person, user_name, password_hash, password_at, must_change, attempts, attempts_from)
         VALUES ($1, $2, $3, $4, 0, 0, $4)
         ON CONFLICT DO NOTHING",
        params![person.id, user, password_hash, now],
    );
    for holding in held {
        // Seeding again finds the holding of the first time, which began earlier.
        work.run(
            "INSERT INTO access_holding (person, post, valid_from, valid_to, assigned_by)
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), NULL, 'city:seed'
             WHERE NOT EXISTS (SELECT 1 FROM access_holding WHERE person = $1 AND post = $2)",
            params![person.id, holding.post.as_str(), holding.from],
        );
    }
}
