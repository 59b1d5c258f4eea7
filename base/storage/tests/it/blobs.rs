//! Bytes are found by their digest, whole or not at all.

use baotu_storage::testing;
use baotu_storage::{Digest, Engine, StoreFault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_are_kept_once_however_often_they_are_put() {
    let test = testing::open(Engine::Sqlite).await;
    let photo = (0..200_000_u32).map(|number| number as u8).collect::<Vec<_>>();
    let puts =
        futures::future::join_all((0..8).map(|_| test.store.put_blob(photo.clone(), "image/jpeg"))).await;
    for put in puts {
        let kept = put.expect("kept");
        assert_eq!((kept.digest, kept.length), (Digest::of(&photo), 200_000));
        assert_eq!(kept.media_type, "image/jpeg");
    }
    let empty = test.store.put_blob(Vec::new(), "text/plain").await.expect("kept");
    assert_eq!(test.store.get_blob(Digest::of(&photo)).await.expect("an answer"), Some(photo));
    assert_eq!(test.store.get_blob(empty.digest).await.expect("an answer"), Some(Vec::new()));
    assert_eq!(test.store.get_blob(Digest::of(b"never put")).await.expect("an answer"), None);

    let files = std::fs::read_dir(&test.config.blobs)
        .expect("the folder")
        .flat_map(|shelf| std::fs::read_dir(shelf.expect("a shelf").path()).expect("a shelf"))
        .count();
    assert_eq!(files, 2, "no unfinished file is left");
}

#[tokio::test]
async fn damage_is_noticed() {
    let test = testing::open(Engine::Sqlite).await;
    let kept = test.store.put_blob(b"a licence".to_vec(), "text/plain").await.expect("kept");
    let name = kept.digest.to_string();
    std::fs::write(test.config.blobs.join(&name[..2]).join(&name), b"a Licence").expect("changed");
    let fault = test.store.get_blob(kept.digest).await.expect_err("the bytes have changed");
    assert!(matches!(fault, StoreFault::BlobDamaged(digest) if digest == kept.digest), "{fault}");
}
