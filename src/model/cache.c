/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the header cache, and noticing that the engine made a new one. */
#include "cur/model/cache.h"

#include <sys/stat.h>

#include "cur/base/path.h"
#include "cur/store/hcache.h"

struct cache {
	char *path;
	struct hcache *map;
	ino_t inode;	  /* of the file that is mapped */
	gboolean another; /* map changed since cache_begin() told it */
};

struct cache *cache_new(void)
{
	struct cache *cache = g_new0(struct cache, 1);
	g_autofree char *dir = path_cache_dir();

	cache->path = g_build_filename(dir, "headers.mdb", NULL);
	return cache;
}

static void drop(struct cache *cache)
{
	if (cache->map) {
		hcache_close(cache->map);
		cache->map = NULL;
		cache->another = TRUE;
	}
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	drop(cache);
	g_free(cache->path);
	g_free(cache);
}

static void open_map(struct cache *cache)
{
	struct stat st;

	if (cache->map || stat(cache->path, &st) < 0)
		return;
	cache->map = hcache_open(cache->path, NULL);
	cache->inode = st.st_ino;
	cache->another |= cache->map != NULL;
}

struct hcache *cache_begin(struct cache *cache, gboolean *another)
{
	open_map(cache);
	if (cache->map && !hcache_renew(cache->map, NULL))
		drop(cache);
	*another = cache->another;
	cache->another = FALSE;
	return cache->map;
}

void cache_end(struct cache *cache)
{
	if (cache->map)
		hcache_release(cache->map);
}

void cache_check(struct cache *cache)
{
	struct stat st;

	if (cache->map && (stat(cache->path, &st) < 0 || st.st_ino != cache->inode))
		drop(cache);
}
